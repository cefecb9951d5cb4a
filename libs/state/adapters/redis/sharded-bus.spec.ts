import { Redis } from 'ioredis';
import { silentLogger, SystemClock } from '#libs/kernel';
import { type Adapter, StoreMisconfigured } from '#libs/state';
import { describeAdapter } from '#libs/state/testing';
import { servers } from '../../../../test/support/servers/index.js';
import { until } from '../../../../test/support/until.js';
import { RedisEventBus } from './bus/redis-event-bus.js';
import { redis } from './index.js';
import { parseRedisUrl } from './redis-url.js';

const { name, schemes, example, shared, bus } = redis;
const busAlone: Adapter = { name, schemes, example, shared, ...(bus && { bus }) };
const shardedUrl = async () => `${await servers.redis.freshUrl()}&pubsub=sharded`;

describe('with sharded channels on one server', () => {
  describeAdapter({ adapter: busAlone, freshUrl: shardedUrl });

  it('hints are published where plain subscribers do not hear them', async () => {
    const url = await shardedUrl();
    const { prefix } = parseRedisUrl(url, 'EVENT_BUS');
    const made = new RedisEventBus({
      url,
      variable: 'EVENT_BUS',
      clock: new SystemClock(),
      logger: silentLogger,
    });
    await made.open();
    const witness = new Redis(servers.redis.url);
    const plain: string[] = [];
    witness.on('pmessage', (_pattern: string, channel: string) => plain.push(channel));
    await witness.psubscribe('*');
    const heard: string[] = [];
    await made.subscribe('t', (payload) => heard.push(payload));
    await made.publish('t', 'x');
    await until('it came', () => heard.length > 0);
    await witness.ping();
    witness.disconnect();
    await made.close();
    expect(plain.filter((channel) => channel.startsWith(`${prefix}:`))).toEqual([]);
  });

  it.each([
    ['redis://one?pubsub=loud', /pubsub must be plain or sharded/],
    ['redis+cluster://one?pubsub=plain', /pubsub must be sharded on a cluster/],
  ])('%s is refused', (url, why) => {
    expect(() => parseRedisUrl(url, 'EVENT_BUS')).toThrow(StoreMisconfigured);
    expect(() => parseRedisUrl(url, 'EVENT_BUS')).toThrow(why);
  });
});
