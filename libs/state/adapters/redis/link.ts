import { Cluster, Redis } from 'ioredis';
import {
  defaultTimeoutMs,
  type Durability,
  type Inspection,
  StoreMisconfigured,
  type StoreOptions,
  StoreUnavailable,
  within,
} from '#libs/state';
import { type Client, drop, makeClient, primaries } from './client.js';
import { findingsOf, refuse, type RedisPort } from './findings.js';
import { openingError, toStateError } from './redis-errors.js';
import { parseRedisUrl, type RedisUrl } from './redis-url.js';
import type { Argument, Script } from './script.js';
import { factsOf, type ServerFacts, skewOf } from './server-facts.js';

/** What the keys look like; raised where a program could not read what an older one wrote. */
const layout = 1;

const weakest: readonly Durability[] = ['none', 'os', 'fsync', 'replicated'];

interface Held {
  client: Client;
  url: RedisUrl;
}

/** The connection of one store, between open() and close(). */
export class RedisLink {
  durability: Durability = 'none';
  readonly timeoutMs: number;
  private held: Held | undefined;
  /** When the server last answered, on the clock of performance.now(). */
  private heardAt = 0;
  private opening: Promise<void> | undefined;

  constructor(
    readonly options: StoreOptions,
    private readonly port: RedisPort,
  ) {
    this.timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  }

  /** The variable and, once known, the server: how messages begin. */
  get name(): string {
    return `${this.options.variable} (${this.held?.url.shown ?? 'redis'})`;
  }

  /** @throws StoreUnavailable before open() and after close() */
  get client(): Client {
    return this.open_().client;
  }

  get url(): RedisUrl {
    return this.open_().url;
  }

  get now(): number {
    return this.options.clock.now();
  }

  async open(): Promise<void> {
    if (this.held) return;
    this.opening ??= this.connect().finally(() => (this.opening = undefined));
    await this.opening;
  }

  /** What is in flight fails; a store lets it finish before. */
  async close(): Promise<void> {
    await this.opening?.catch(() => undefined); // whoever opens is told
    const held = this.held;
    this.held = undefined;
    if (!held) return;
    const ended = new Promise<void>((resolve) => held.client.once('end', () => resolve()));
    held.client.disconnect();
    await within(1000, 'closing', ended).catch(() => undefined); // the sockets are destroyed either way
  }

  /** `work` answers, or this throws one of the port's errors, within the deadline. */
  async call<T>(
    what: string,
    work: (client: Client) => Promise<T>,
    ms = this.timeoutMs,
  ): Promise<T> {
    const { client } = this.open_();
    let answered = false;
    const answer = work(client).finally(() => (answered = true));
    const askedAt = performance.now();
    try {
      return await within(ms, `${this.name}: ${what}`, answer);
    } catch (error) {
      // Work of many steps may take longer than it has while the server is well.
      if (!answered && this.heardAt < askedAt + ms / 2) this.abandon(client);
      throw toStateError(error, this.name);
    }
  }

  async run<Reply>(
    script: Script<Reply>,
    keys: string | readonly string[],
    args: readonly Argument[],
  ): Promise<Reply> {
    const { client } = this;
    const reply = await script.run(client, typeof keys === 'string' ? [keys] : keys, args);
    this.heardAt = performance.now();
    return reply;
  }

  /** @throws StoreMisconfigured where the store was opened for reading */
  checkWritable(): void {
    if (this.options.access === 'read')
      throw new StoreMisconfigured(`${this.name} was opened for reading only`);
  }

  ping(): Promise<void> {
    return this.call('PING', async (client) => {
      await Promise.all(this.serversOf(client).map((server) => server.ping()));
    });
  }

  inspect(): Promise<Inspection> {
    return this.call('inspect', async (client) => {
      const servers = this.serversOf(client);
      const all = await Promise.all(servers.map(factsOf));
      const skews = await Promise.all(servers.map(skewOf));
      const findings = all.flatMap((facts) => findingsOf(facts, this.port));
      const once = new Map(findings.map((finding) => [finding.what, finding]));
      const [first] = all;
      return {
        version: `${first?.product} ${first?.version}${all.length > 1 ? ` (${all.length} primaries)` : ''}`,
        clockSkewMs: skews.reduce(
          (most, skew) => (Math.abs(skew) > Math.abs(most) ? skew : most),
          0,
        ),
        pendingMigrations: 0,
        findings: [...once.values()],
      };
    });
  }

  private open_(): Held {
    if (!this.held) throw new StoreUnavailable(`${this.options.variable} (redis) is closed`);
    return this.held;
  }

  private serversOf(client: Client): Redis[] {
    const servers = primaries(client);
    if (servers.length === 0) throw new StoreUnavailable(`${this.name}: no server is reachable`);
    return servers;
  }

  private async connect(): Promise<void> {
    const { variable } = this.options;
    const url = parseRedisUrl(this.options.url, variable);
    const what = `${variable} (${url.shown})`;
    const seen: Error[] = [];
    let opened = false;
    const client = makeClient(url, {
      timeoutMs: this.timeoutMs,
      persistent: () => opened,
      name: `maxiaoke-${this.port}`,
    });
    const notice = (error: Error) => {
      if (opened) this.options.logger.debug({ err: error, variable }, 'redis connection');
      else seen.push(error);
    };
    client.on('error', notice);
    client.on('node error', notice);
    const check = async () => {
      await client.connect();
      // The driver goes on with database 0 where the server has not got the one it was told.
      if (client instanceof Redis) await client.select(url.db);
      const all = await Promise.all(primaries(client).map(factsOf));
      this.judge(all, url, what);
      if (this.port !== 'bus') await this.checkLayout(client, url, what);
    };
    try {
      await within(this.timeoutMs, what, check());
    } catch (error) {
      client.disconnect();
      throw openingError(error, seen, { what, tls: url.tls });
    }
    opened = true;
    client.on('close', () => {
      if (this.held?.client === client)
        this.options.logger.warn({ variable }, 'the connection to redis is lost; trying again');
    });
    client.on('ready', () => this.options.logger.info({ variable }, 'connected to redis again'));
    this.held = { client, url };
  }

  private judge(all: readonly ServerFacts[], url: RedisUrl, what: string): void {
    const reading = this.options.access === 'read';
    for (const facts of all) {
      refuse(facts, {
        port: this.port,
        cluster: url.topology === 'cluster',
        sharded: url.sharded,
        reading,
        what,
      });
      if (reading) continue;
      for (const { level, what: found, advice } of findingsOf(facts, this.port))
        if (level !== 'note')
          this.options.logger.warn({ variable: this.options.variable, advice }, found);
    }
    const ranks = all.map(({ durability }) => weakest.indexOf(durability));
    this.durability = weakest[Math.min(...ranks)] ?? 'none';
  }

  private async checkLayout(client: Client, { prefix }: RedisUrl, what: string): Promise<void> {
    const key = `${prefix}:layout`;
    if (this.options.access !== 'read') await client.set(key, layout, 'NX');
    const found = Number((await client.get(key)) ?? layout);
    if (found > layout)
      throw new StoreMisconfigured(
        `${what}: the keys below ${prefix} were made by a newer version (layout ${found}; this program knows ${layout}); update it, or give it another ?prefix=`,
      );
    if (!(found >= 1))
      throw new StoreMisconfigured(
        `${what}: ${key} is not this program's; give it another ?prefix=`,
      );
  }

  /**
   * Nothing came back in time, so nothing may be read from that connection any more. Of a cluster's
   * connections those are dropped that do not answer now.
   */
  private abandon(client: Client): void {
    if (!(client instanceof Cluster)) return drop(client);
    for (const server of client.nodes('all'))
      within(1000, 'PING', server.ping()).catch(() => drop(server));
  }
}
