import { chmodSync } from 'node:fs';
import { type AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { silentLogger, SystemClock } from '#libs/kernel';
import {
  type Access,
  AlreadyExists,
  CorruptRecord,
  type HistoryStore,
  StoreMisconfigured,
  StoreUnavailable,
} from '#libs/state';
import { event } from '#libs/state/testing';
import { told } from '../../../../test/support/redis/told.js';
import { type RunningServer, servers } from '../../../../test/support/servers/index.js';
import { until } from '../../../../test/support/until.js';
import { redis } from './index.js';

const room = (id: string) =>
  ({ id, kind: 'open', name: id, createdAt: 1, createdBy: 'u' }) as const;

function store(url: string, access?: Access): HistoryStore {
  const made = redis.history?.({
    url,
    variable: 'HISTORY_STORE',
    clock: new SystemClock(),
    logger: silentLogger,
    timeoutMs: 2000,
    ...(access && { access }),
  });
  if (!made) throw new Error('redis keeps history');
  return made;
}

async function opened(url: string, access?: Access): Promise<HistoryStore> {
  const made = store(url, access);
  await made.open();
  return made;
}

/** What opening says; it must not say the password. */
async function refusal(url: string): Promise<Error> {
  const made = store(url);
  const error = await made.open().then(
    () => new Error('it opened'),
    (refused: unknown) => refused as Error,
  );
  await made.close();
  expect(error.message).toContain('HISTORY_STORE');
  const password = /\/\/[^:@/]*:([^@]*)@/.exec(url)?.[1];
  if (password) {
    expect(error.message).not.toContain(password);
    expect(error.message).not.toContain(decodeURIComponent(password));
  }
  return error;
}

describe('a Redis URL that leads astray', () => {
  it.each([
    ['redis://', /"" is not host:port/],
    ['redis://one:1,two:2', /redis\+cluster:\/\/ or redis\+sentinel/],
    ['redis://localhost/first', /does not name a database by its number/],
    ['redis://localhost?prefx=a', /"prefx" is not an option/],
    ['redis://localhost?prefix={a}', /prefix must be/],
    ['redis+cluster://localhost:7000/3', /a cluster has the database 0 only/],
    ['redis+sentinel://localhost:26379', /the name the Sentinels have/],
  ])('%s is refused with an example', async (url, message) => {
    const error = await refusal(url);
    expect(error).toBeInstanceOf(StoreMisconfigured);
    expect(error.message).toMatch(message);
    expect(error.message).toContain('redis://localhost:6379/0');
  });

  it('by its password, or none, is refused without saying it', async () => {
    const wrong = new URL(servers.redis.url);
    wrong.password = 'wrong-secret';
    const none = new URL(servers.redis.url);
    none.username = none.password = '';
    for (const url of [wrong, none]) {
      const error = await refusal(url.href);
      expect(error).toBeInstanceOf(StoreMisconfigured);
      expect(error.message).toMatch(/refuses the user or password/);
    }
  });

  it('by its host or port is named as unavailable', async () => {
    const unknown = await refusal('redis://u:secret@no-such-host.invalid:6379');
    expect(unknown).toBeInstanceOf(StoreUnavailable);
    expect(unknown.message).toMatch(/the host name is not known here/);
    const nobody = await refusal('redis://u:secret@127.0.0.1:1');
    expect(nobody).toBeInstanceOf(StoreUnavailable);
    expect(nobody.message).toMatch(/nothing listens there/);
  });

  it('by its database is refused', async () => {
    const url = new URL(servers.redis.url);
    url.pathname = '/9999';
    expect((await refusal(url.href)).message).toMatch(/no database of that number/);
  });

  it('to a server that is no cluster as one is refused', async () => {
    const error = await refusal(
      servers.redis.url.replace('redis:', 'redis+cluster:').replace(/\/0$/, ''),
    );
    expect(error).toBeInstanceOf(StoreMisconfigured);
    expect(error.message).toMatch(/not a cluster; use redis:\/\//);
  });

  it('with TLS to a server that speaks it plainly, or the other way round, says which to use', async () => {
    const plain = await refusal(servers.redis.url.replace('redis:', 'rediss:'));
    expect(plain.message).toMatch(/does not speak TLS here.* use redis:\/\//);
    const secure = createServer(() => undefined).on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    const { port } = secure.address() as AddressInfo;
    expect((await refusal(`redis://127.0.0.1:${port}`)).message).toMatch(
      /want TLS \(rediss:\/\/\)/,
    );
    await new Promise((resolve) => secure.close(resolve));
  });
});

describe('a Redis server that is set up against its purpose', () => {
  let own: RunningServer | undefined;
  const start = async (...settings: string[]) => {
    own = await servers.redis.own(settings);
    return own;
  };
  afterEach(async () => {
    await own?.dispose();
    own = undefined;
  });

  it('and forgets what it likes is refused for history, and warned of for sessions', async () => {
    const { url } = await start('--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru');
    const error = await refusal(url);
    expect(error).toBeInstanceOf(StoreMisconfigured);
    expect(error.message).toMatch(/allkeys-lru.*set maxmemory-policy noeviction/);
    const warnings: string[] = [];
    const sessions = redis.session?.({
      url,
      variable: 'SESSION_STORE',
      clock: new SystemClock(),
      logger: { ...silentLogger, warn: (_, message) => warnings.push(message) },
    });
    await sessions?.open();
    expect(warnings.join()).toMatch(/allkeys-lru.*sessions/);
    expect((await sessions?.inspect())?.findings[0]).toMatchObject({ level: 'warning' });
    await sessions?.close();
    // Who only looks is told by what it finds.
    const reader = await opened(url, 'read');
    expect((await reader.inspect()).findings[0]).toMatchObject({ level: 'problem' });
    await reader.close();
  });

  it.each([
    ['always', 'fsync', undefined],
    ['everysec', 'os', 'warning'],
    ['no', 'os', 'warning'],
  ])('and syncs %s is as durable as %s', async (fsync, durability, level) => {
    const { url } = await start('--appendfsync', fsync);
    const one = await opened(url);
    expect(one.traits).toMatchObject({ durable: true, durability });
    const about = (await one.inspect()).findings.find(({ what }) => what.includes('appendfsync'));
    expect(about?.level).toBe(level);
    await one.close();
  });

  it('and keeps no log of writes says so', async () => {
    const { url } = await start('--appendonly', 'no');
    const one = await opened(url);
    expect(one.traits.durability).toBe('none');
    expect((await one.inspect()).findings).toContainEqual(
      expect.objectContaining({
        level: 'problem',
        advice: expect.stringContaining('appendonly yes') as unknown,
      }),
    );
    await one.close();
  });

  it('and forbids CONFIG is opened, its durability taken for the weaker', async () => {
    const { url } = await start();
    const user = new URL(url);
    [user.username, user.password] = ['app', 'secret'];
    await told(url, (client) =>
      client.call(
        'ACL',
        'SETUSER',
        'app',
        'on',
        '>secret',
        '~maxiaoke:*',
        '&maxiaoke:*',
        '+@all',
        '-config',
      ),
    );
    const one = await opened(user.href);
    expect(one.traits.durability).toBe('os');
    expect((await one.inspect()).findings).toContainEqual(
      expect.objectContaining({ what: expect.stringContaining('unknown') as unknown }),
    );
    await one.close();
    await told(url, (client) => client.call('ACL', 'SETUSER', 'app', '-set', '-evalsha'));
    expect((await refusal(user.href)).message).toMatch(/may not do this; grant/);
  });

  it('with as many clients as it takes refuses another by name, and takes it later', async () => {
    const { url } = await start('--maxclients', '3');
    const some = [await opened(url), await opened(url), await opened(url)];
    const error = await refusal(url);
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(error.message).toMatch(/as many connections as it takes \(maxclients\)/);
    await Promise.all(some.map((one) => one.close()));
    const later = await opened(url);
    await later.close();
  });

  it('that is full acknowledges nothing, keeps what it had, and goes on when there is room', async () => {
    const { url } = await start('--maxmemory', '4mb');
    const one = await opened(url);
    await one.createRoom(room('r'), []);
    const large = () => event({ body: JSON.stringify({ text: 'x'.repeat(50_000) }) });
    let kept = 0;
    let full: unknown;
    while (full === undefined)
      await one.append('r', [large(), large()]).then(
        () => (kept += 2),
        (error: unknown) => (full = error),
      );
    expect(full).toBeInstanceOf(StoreUnavailable);
    expect((full as Error).message).toMatch(/out of memory \(maxmemory\)/);
    expect((await one.read('r', { limit: 9999 })).head).toBe(kept);
    expect((await one.inspect()).findings.map(({ what }) => what).join()).toMatch(/% of maxmemory/);
    await told(url, (client) => client.config('SET', 'maxmemory', '0'));
    expect(await one.append('r', [event()])).toMatchObject([{ seq: kept + 1 }]);
    await one.close();
  });

  it('whose disk takes no more refuses writes by name, and goes on when it does', async () => {
    const { url, dir } = await start('--appendonly', 'no', '--save', '1 1');
    const one = await opened(url);
    await one.createRoom(room('r'), []);
    chmodSync(dir, 0o500);
    const refused = await until('a snapshot fails', async () => {
      await told(url, (client) => client.bgsave()).catch(() => undefined); // one is under way
      return one.append('r', [event()]).then(
        () => undefined,
        (error: unknown) => error as Error,
      );
    });
    expect(refused).toBeInstanceOf(StoreUnavailable);
    expect(refused.message).toMatch(/cannot write to its disk/);
    chmodSync(dir, 0o700);
    await until('a snapshot succeeds', () =>
      told(url, (client) => client.save()).then(
        () => true,
        () => false,
      ),
    );
    const { head } = await one.read('r', { limit: 1 });
    expect(await one.append('r', [event()])).toMatchObject([{ seq: head + 1 }]);
    await one.close();
  });
});

describe('keys on Redis that are misused', () => {
  it('of a newer version, or somebody else, are left alone', async () => {
    const url = await servers.redis.freshUrl();
    const key = `${new URL(url).searchParams.get('prefix')}:layout`;
    await told(servers.redis.url, (client) => client.set(key, 99));
    expect((await refusal(url)).message).toMatch(/made by a newer version \(layout 99/);
    await told(servers.redis.url, (client) => client.set(key, 'theirs'));
    expect((await refusal(url)).message).toMatch(/not this program's/);
  });

  it('make one room corrupt, and nobody else’s append in the same commit', async () => {
    const url = await servers.redis.freshUrl();
    const one = await opened(url);
    const prefix = new URL(url).searchParams.get('prefix');
    for (const id of ['a', 'b', 'bad']) await one.createRoom(room(id), []);
    await told(servers.redis.url, (client) => client.set(`${prefix}:r:{bad}:log`, 'text'));
    const [a, bad, b] = await Promise.allSettled(
      ['a', 'bad', 'b'].map((id) => one.append(id, [event()])),
    );
    expect([a, b]).toMatchObject([{ value: [{ seq: 1 }] }, { value: [{ seq: 1 }] }]);
    expect(bad).toMatchObject({ reason: expect.any(CorruptRecord) as unknown });
    await one.close();
  });

  it('refuse the one append whose event id is taken, and nobody else in the same commit', async () => {
    const one = await opened(await servers.redis.freshUrl());
    await one.createRoom(room('r'), []);
    await one.append('r', [event({ id: 'taken' })]);
    const [good, bad, late] = await Promise.allSettled([
      one.append('r', [event()]),
      one.append('r', [event(), event({ id: 'taken', cid: 'other' })]),
      one.append('r', [event()]),
    ]);
    expect(good).toMatchObject({ value: [{ seq: 2 }] });
    expect(bad).toMatchObject({ reason: expect.any(AlreadyExists) as unknown });
    expect(late).toMatchObject({ value: [{ seq: 3 }] });
    await one.close();
  });

  it('are not written by who opened them for reading', async () => {
    const url = await servers.redis.freshUrl();
    const writer = await opened(url);
    await writer.createRoom(room('r'), []);
    const reader = await opened(url, 'read');
    for (const attempt of [
      () => reader.append('r', [event()]),
      () => reader.createRoom(room('other'), []),
      () => reader.deleteRoom('nowhere'),
      () => reader.markRead('r', 'u', 1),
    ])
      await expect(attempt()).rejects.toThrow(/opened for reading only/);
    expect(await reader.room('r')).toEqual(room('r'));
    await reader.close();
    await writer.close();
  });
});
