import {
  type Collection,
  type Db,
  type Document,
  MongoClient,
  ReadConcern,
  type WriteConcern,
} from 'mongodb';
import {
  defaultTimeoutMs,
  StoreMisconfigured,
  type StoreOptions,
  withoutPassword,
  within,
} from '#libs/state';
import { isUnknownCommand, translate } from './errors.js';
import { prepareSchema } from './schema.js';

/** The wire version of MongoDB 5.0: the oldest whose documentation this adapter keeps to. */
const oldestWireVersion = 13;

/** Kept apart from the test and admin databases that a URL without a path would mean. */
const defaultDatabase = 'maxiaoke';

/** Whatever the URL prefers: a secondary may not have what was acknowledged yet. */
const primary = { readPreference: 'primary' } as const;

export type Kind = 'replica set' | 'sharded cluster' | 'standalone';

/** What the server says of itself; the fields of `hello` that are read here. */
export interface Hello {
  isWritablePrimary?: boolean;
  ismaster?: boolean;
  setName?: string;
  msg?: string;
  maxWireVersion: number;
  localTime?: Date;
}

/** Deployments open in this process: the ports of one URL share a client and its pool. */
const shared = new Map<string, { users: number; opening: Promise<Deployment> }>();

/** One client, its database, and what it is connected to. */
export class Deployment {
  private readonly collections = new Map<string, Collection>();

  private constructor(
    private readonly client: MongoClient,
    readonly db: Db,
    readonly kind: Kind,
    readonly writeConcern: WriteConcern | undefined,
    private readonly key: string,
  ) {}

  /** @throws StoreMisconfigured, StoreUnavailable within the deadline of one call */
  static async acquire(options: StoreOptions): Promise<Deployment> {
    const { url, access = 'exclusive', timeoutMs = defaultTimeoutMs } = options;
    const key = JSON.stringify([url, access, timeoutMs]);
    let entry = shared.get(key);
    if (!entry) {
      entry = { users: 0, opening: connect(options, key, timeoutMs) };
      shared.set(key, entry);
    }
    entry.users += 1;
    try {
      return await entry.opening;
    } catch (error) {
      // Not kept: the next open() tries anew, once whatever was wrong is mended.
      if (shared.get(key) === entry) shared.delete(key);
      throw error;
    }
  }

  static over(client: MongoClient, db: Db, kind: Kind, key: string): Deployment {
    return new Deployment(client, db, kind, db.writeConcern, key);
  }

  /** Gives back one use; the last one closes the client. */
  async release(): Promise<void> {
    const entry = shared.get(this.key);
    if (!entry) return;
    entry.users -= 1;
    if (entry.users > 0) return;
    shared.delete(this.key);
    await this.client.close();
  }

  /** Made once: the driver works its options out anew for each. */
  collection<T extends Document>(name: string): Collection<T> {
    let made = this.collections.get(name);
    if (!made) this.collections.set(name, (made = this.db.collection(name)));
    return made as unknown as Collection<T>;
  }

  /** Whether what is acknowledged is on a majority of a set. */
  get replicates(): boolean {
    return this.kind !== 'standalone' && this.writeConcern?.w === 'majority';
  }

  hello(): Promise<Hello> {
    return hello(this.db);
  }
}

async function connect(options: StoreOptions, key: string, timeoutMs: number): Promise<Deployment> {
  const { url, variable, access = 'exclusive' } = options;
  const where = withoutPassword(url);
  let client: MongoClient | undefined;
  try {
    const made = (client = clientFor(url, timeoutMs));
    const named = /^mongodb(?:\+srv)?:\/\/[^/]+\/[^?]+/i.test(url);
    const asked = made.options.writeConcern?.w;
    if (asked === 0)
      throw new StoreMisconfigured(
        `${variable}: ${where}: w=0 leaves writes unacknowledged, and what was lost unknown; leave w out`,
      );
    const work = async () => {
      await made.connect();
      const plain = made.db(named ? made.options.dbName : defaultDatabase, primary);
      const told = await hello(plain);
      checkServer(told, access === 'exclusive', variable, where);
      const kind = kindOf(told);
      const db = made.db(plain.databaseName, {
        // On a standalone server `majority` is the server itself; journaled either way.
        ...primary,
        writeConcern: { w: asked ?? 'majority', journal: true, wtimeoutMS: commandTime(timeoutMs) },
        ...(kind !== 'standalone' && { readConcern: new ReadConcern('majority') }),
      });
      await prepareSchema(db, { variable, where, migrates: access === 'exclusive' });
      return Deployment.over(made, db, kind, key);
    };
    return await within(timeoutMs, `${variable}: ${where}`, work());
  } catch (error) {
    // A client that never came to be used must not go on looking for its server.
    await client?.close().catch(() => undefined);
    throw translate(error, variable, where);
  }
}

/** Less than the deadline of a call: a connection that hangs is dropped before its caller is. */
const commandTime = (timeoutMs: number): number => Math.max(1, Math.round(timeoutMs * 0.8));

function clientFor(url: string, timeoutMs: number): MongoClient {
  const sized = /[?&]maxPoolSize=/i.test(url);
  const client = new MongoClient(url, {
    appName: 'maxiaoke',
    ignoreUndefined: true,
    serverSelectionTimeoutMS: commandTime(timeoutMs),
    connectTimeoutMS: commandTime(timeoutMs),
    socketTimeoutMS: commandTime(timeoutMs),
    waitQueueTimeoutMS: commandTime(timeoutMs),
    heartbeatFrequencyMS: 2000,
    ...(!sized && { maxPoolSize: 20 }),
  });
  // The driver reports a connection's end to the operations on it; nobody else has to hear of it.
  client.on('error', () => undefined);
  return client;
}

async function hello(db: Db): Promise<Hello> {
  try {
    return (await db.command({ hello: 1 })) as unknown as Hello;
  } catch (error) {
    if (!isUnknownCommand(error)) throw error;
    return (await db.command({ isMaster: 1 })) as unknown as Hello;
  }
}

const kindOf = ({ setName, msg }: Hello): Kind =>
  msg === 'isdbgrid' ? 'sharded cluster' : setName === undefined ? 'standalone' : 'replica set';

function checkServer(told: Hello, writes: boolean, variable: string, where: string): void {
  if (told.maxWireVersion < oldestWireVersion)
    throw new StoreMisconfigured(
      `${variable}: ${where}: the server is too old (wire version ${told.maxWireVersion}); MongoDB 5.0 or newer is needed`,
    );
  if (writes && !(told.isWritablePrimary ?? told.ismaster ?? false))
    throw new StoreMisconfigured(
      `${variable}: ${where}: the server is a secondary, which takes no writes; name the replica set and leave directConnection out`,
    );
}
