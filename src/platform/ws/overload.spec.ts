import { silentLogger } from '#libs/kernel';
import { disconnects } from '#libs/protocol';
import { parseConfig } from '../../env.js';
import type { Connection } from './connection.js';
import type { Connections } from './connections.js';
import { Overload } from './overload.js';

const MiB = 1024 * 1024;

/** A connection of which nothing matters but what it is behind. */
class Behind {
  closed = false;
  why: unknown;

  constructor(public queuedBytes: number) {}

  close(why: unknown): void {
    this.closed = true;
    this.why = why;
  }
}

describe('overload', () => {
  const overloads: Overload[] = [];
  const over = (connections: readonly Behind[], variables: Record<string, string>) => {
    const env = parseConfig({ NODE_ENV: 'test', DATA_STORE: 'memory:', ...variables });
    const all = connections as unknown as Iterable<Connection> as Connections;
    const overload = new Overload(all, env, silentLogger);
    overloads.push(overload);
    overload.onModuleInit();
    return overload;
  };
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => {
    for (const overload of overloads.splice(0)) overload.onApplicationShutdown();
    jest.useRealTimers();
  });

  it('closes the slowest first, as few as it takes, and nobody who reads', () => {
    const connections = [0, 0.9, 0.1, 0.5, 0.7].map((size) => new Behind(size * MiB));
    const overload = over(connections, { MAX_QUEUED_MB: '1', MEMORY_LIMIT_MB: '100000' });
    expect(connections.map(({ closed }) => closed)).toEqual([false, true, false, false, true]);
    expect(connections[1]?.why).toBe(disconnects.slow);
    expect(overload.shed).toBe(2);
  });

  it('refuses new connections while too much is queued, counts them, and takes them again after', () => {
    const slow = new Behind(2 * MiB);
    const overload = over([slow], { MAX_QUEUED_MB: '1', MEMORY_LIMIT_MB: '100000' });
    expect(overload.refuses()).toBe(true);
    expect(overload.refused).toEqual({ queued: 1, memory: 0 });
    jest.advanceTimersByTime(1000);
    expect(overload).toMatchObject({ shed: 1, refusing: 'queued' });
    slow.queuedBytes = 0;
    jest.advanceTimersByTime(1000);
    expect(overload.refuses()).toBe(false);
    expect(overload.refused).toEqual({ queued: 1, memory: 0 });
  });

  it('refuses new connections near the end of the memory, and closes none for it', () => {
    const reader = new Behind(1000);
    const overload = over([reader], { MEMORY_LIMIT_MB: '64' });
    expect(overload.refuses()).toBe(true);
    expect(overload.refused.memory).toBe(1);
    expect(reader.closed).toBe(false);
  });

  it('bounds what is queued by an eighth of the memory where nothing else is set', () => {
    const overload = over([], { MEMORY_LIMIT_MB: '800' });
    expect(overload.maxQueued).toBe(100 * MiB);
  });
});
