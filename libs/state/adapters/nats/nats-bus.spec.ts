import { connect } from '@nats-io/transport-node';
import { type Logger, silentLogger, SystemClock } from '#libs/kernel';
import { type EventBus, StoreMisconfigured, StoreUnavailable } from '#libs/state';
import { TcpProxy } from '../../../../test/support/proxy.js';
import { password } from '../../../../test/support/servers/server-kind.js';
import { servers } from '../../../../test/support/servers/index.js';
import { until } from '../../../../test/support/until.js';
import { NatsEventBus } from './nats-event-bus.js';
import { parseNatsUrl } from './nats-url.js';

const open: EventBus[] = [];
afterEach(async () => {
  for (const bus of open.splice(0)) await bus.close();
});

async function opened(url: string, logger: Logger = silentLogger): Promise<EventBus> {
  const bus = new NatsEventBus({
    url,
    variable: 'EVENT_BUS',
    clock: new SystemClock(),
    logger,
    timeoutMs: 2000,
  });
  open.push(bus);
  await bus.open();
  return bus;
}

describe('a NATS URL', () => {
  it('names one server or several, a user or a token, TLS and a prefix', () => {
    expect(parseNatsUrl('nats://localhost', 'EVENT_BUS')).toEqual({
      servers: ['localhost:4222'],
      tls: false,
      prefix: 'maxiaoke',
      shown: 'nats://localhost',
    });
    expect(
      parseNatsUrl('nats://u%40:p%2F@one:1,[::1]:2/?tls=on&prefix=mine', 'EVENT_BUS'),
    ).toMatchObject({
      servers: ['one:1', '[::1]:2'],
      tls: true,
      user: 'u@',
      password: 'p/',
      prefix: 'mine',
      shown: 'nats://***@one:1,[::1]:2',
    });
    expect(parseNatsUrl('nats://secret@one', 'EVENT_BUS')).toMatchObject({ token: 'secret' });
  });

  it.each([
    ['nats://', /"" is not host:port/],
    ['nats://one:0', /"one:0" is not host:port/],
    ['nats://one/two', /not a NATS URL/],
    ['nats://one?colour=red', /"colour" is not an option/],
    ['nats://one?prefix=a.b', /prefix must be/],
  ])('%s is refused with an example', (url, why) => {
    expect(() => parseNatsUrl(url, 'EVENT_BUS')).toThrow(StoreMisconfigured);
    expect(() => parseNatsUrl(url, 'EVENT_BUS')).toThrow(why);
  });
});

describe('hints on NATS', () => {
  it('of topics that mean something to the server go to that topic alone', async () => {
    const bus = await opened(await servers.nats.freshUrl());
    const topics = ['a.b', 'a.*', '*', '>', 'a b', 'a..', '课', 'room:1.2~-'];
    const heard: string[] = [];
    for (const topic of topics)
      await bus.subscribe(topic, (payload) => heard.push(`${topic}=${payload}`));
    for (const topic of topics) await bus.publish(topic, topic);
    await until('all came', () => heard.length >= topics.length);
    expect(heard).toEqual(topics.map((topic) => `${topic}=${topic}`));
  });

  it('of 1 MiB arrive, and larger ones are refused', async () => {
    const bus = await opened(await servers.nats.freshUrl());
    const heard: number[] = [];
    await bus.subscribe('t', (payload) => heard.push(payload.length));
    await bus.publish('t', 'x'.repeat(1024 * 1024));
    await expect(bus.publish('t', 'x'.repeat(1024 * 1024 + 1))).rejects.toThrow(StoreUnavailable);
    await bus.publish('t', 'y');
    await until('both came', () => heard.length >= 2);
    expect(heard).toEqual([1024 * 1024, 1]);
  });

  it('of two deployments on one server do not mix', async () => {
    const [one, other] = [
      await opened(await servers.nats.freshUrl()),
      await opened(await servers.nats.freshUrl()),
    ];
    const heard: string[] = [];
    await one.subscribe('t', (payload) => heard.push(payload));
    await other.publish('t', 'not for you');
    await one.publish('t', 'for you');
    await until('it came', () => heard.length > 0);
    expect(heard).toEqual(['for you']);
  });

  it('are heard again after the connection was cut, as often as it is, and whoever asks is told', async () => {
    const url = await servers.nats.freshUrl();
    const proxy = await TcpProxy.to(url);
    const [bus, other] = [await opened(proxy.through(url)), await opened(url)];
    const heard: string[] = [];
    let gaps = 0;
    bus.onGap(() => (gaps += 1));
    await bus.subscribe('t', (payload) => heard.push(payload));
    for (const round of [1, 2, 3]) {
      proxy.cut();
      await until('the gap is over', () => gaps === round);
      await other.publish('t', String(round));
      await until('the next hint came', () => heard.includes(String(round)));
    }
    expect(heard).toEqual(['1', '2', '3']);
    await bus.close();
    await proxy.close();
  });

  it('are for one subscription of the server, however many listen to a topic here', async () => {
    const url = await servers.nats.freshUrl();
    const bus = await opened(url);
    const witness = await connect({
      servers: new URL(url).host,
      user: 'maxiaoke',
      pass: password,
    });
    const heard: string[] = [];
    const ends = [
      await bus.subscribe('t', (payload) => heard.push(`one ${payload}`)),
      await bus.subscribe('t', (payload) => heard.push(`two ${payload}`)),
    ];
    const subject = `${new URL(url).searchParams.get('prefix')}.t`;
    witness.publish(subject, 'x');
    await until('both heard it', () => heard.length >= 2);
    await ends[0]?.();
    witness.publish(subject, 'y');
    await until('the other still hears', () => heard.includes('two y'));
    await ends[1]?.();
    await witness.close();
    expect(heard).toEqual(['one x', 'two x', 'two y']);
  });
});
