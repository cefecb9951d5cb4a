import { ports, type Port, type Store, StoreMisconfigured, StoreUnavailable } from '#libs/state';
import { password } from '../support/servers/server-kind.js';
import { describeShared, isKind, optionsOn, type Shared, variable } from './support/stores.js';

const timeoutMs = 3000;
const slackMs = 1500;
const secret = 'do-not:show/this';

const changed = (url: string, change: (made: URL) => void): string => {
  const made = new URL(url);
  change(made);
  return made.href;
};

/** How a URL asks for TLS, by the adapter's name. */
const withTls: Record<string, (url: string) => string> = {
  redis: (url) => url.replace(/^redis:/, 'rediss:'),
  postgres: (url) => changed(url, (made) => made.searchParams.set('sslmode', 'require')),
  mysql: (url) => changed(url, (made) => made.searchParams.set('sslmode', 'require')),
  mongodb: (url) => changed(url, (made) => made.searchParams.set('tls', 'true')),
  nats: (url) => changed(url, (made) => made.searchParams.set('tls', 'on')),
};

/** What opening says, and no password in it; as soon as a call may take. */
async function refusal(store: Store): Promise<Error> {
  const start = performance.now();
  const error: unknown = await store.open().catch((reason: unknown) => reason);
  expect(performance.now() - start).toBeLessThan(timeoutMs + slackMs);
  await store.close();
  expect(error).toBeInstanceOf(Error);
  const { message } = error as Error;
  expect(message).toContain(variable);
  for (const text of [password, secret])
    for (const form of [text, encodeURIComponent(text)]) expect(message).not.toContain(form);
  return error as Error;
}

describeShared('a URL that leads astray', ({ adapter, server }: Shared) => {
  const served = ports.filter((port) => adapter[port]);
  const at = (port: Port, url: string): Store => {
    const store = adapter[port]?.(optionsOn(url, { timeoutMs }));
    if (!store) throw new Error(`${adapter.name} does not serve ${port}`);
    return store;
  };
  const signed = (made: URL) => {
    made.username = 'someone';
    made.password = encodeURIComponent(secret);
  };

  it.each(served)('to a host that nobody knows is unavailable: %s', async (port) => {
    const url = changed(await server.freshUrl(), (made) => {
      signed(made);
      made.hostname = 'no-such-host.invalid';
    });
    const error = await refusal(at(port, url));
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(error.message).toMatch(/host/);
  });

  it.each(served)('to a port where nobody listens is unavailable: %s', async (port) => {
    const url = changed(await server.freshUrl(), (made) => {
      signed(made);
      made.port = '1';
    });
    expect(await refusal(at(port, url))).toBeInstanceOf(StoreUnavailable);
  });

  it.each(served)('with a user or password that is wrong is refused: %s', async (port) => {
    const error = await refusal(at(port, changed(await server.freshUrl(), signed)));
    // What stands in for MongoDB knows no users, and says so its own way.
    if (isKind(adapter, 'mongodb') && error instanceof StoreUnavailable) return;
    expect(error).toBeInstanceOf(StoreMisconfigured);
    expect(error.message).toMatch(/user|password/i);
  });

  it.each(served)('with TLS to a server that speaks in plain says so: %s', async (port) => {
    const tls = withTls[adapter.name];
    if (!tls) throw new Error(`how does a URL of ${adapter.name} ask for TLS?`);
    const error = await refusal(at(port, tls(await server.freshUrl())));
    expect(error.message).toMatch(/TLS/);
  });

  it.each(served)('that is none is refused with an example: %s', async (port) => {
    const url = `${adapter.schemes[0]}://someone:${secret}@`;
    expect(await refusal(at(port, url))).toBeInstanceOf(StoreMisconfigured);
  });
});
