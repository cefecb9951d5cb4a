import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { type Db, MongoClient } from 'mongodb';
import { silentLogger, SystemClock } from '#libs/kernel';
import { type Access, type StateError, StoreMisconfigured, StoreUnavailable } from '#libs/state';
import { account } from '#libs/state/testing';
import { servers } from '../../../../test/support/servers/index.js';
import { MongoDataStore } from './mongo-data-store.js';

let url: string;

beforeEach(async () => {
  url = await servers.mongodb.freshUrl();
});

const storeOn = (at: string, access: Access = 'exclusive') =>
  new MongoDataStore({
    url: at,
    variable: 'DATA_STORE',
    clock: new SystemClock(),
    logger: silentLogger,
    access,
  });

async function refusal(at: string, access?: Access): Promise<StateError> {
  const store = storeOn(at, access);
  const error = await store.open().then(
    () => null,
    (reason: unknown) => reason as StateError,
  );
  await store.close();
  if (!error) throw new Error('it was opened');
  return error;
}

async function made(change: (db: Db) => Promise<unknown> = async () => undefined): Promise<void> {
  const store = storeOn(url);
  await store.open();
  await store.close();
  await raw(change);
}

async function raw(change: (db: Db) => Promise<unknown>): Promise<void> {
  const client = await new MongoClient(url).connect();
  await change(client.db());
  await client.close();
}

const told = async (at: string, access?: Access) => (await refusal(at, access)).message;

describe('a MongoDB URL that is misused', () => {
  it('names the variable and the host that is unknown, never the password', async () => {
    const error = await refusal('mongodb://me:s3cr3t@nowhere.invalid/db');
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(error.message).toMatch(/DATA_STORE: .*the host is unknown/);
    expect(error.message).not.toContain('s3cr3t');
  });

  it('says that nothing listens', async () => {
    expect(await told('mongodb://127.0.0.1:1/db')).toMatch(/nothing listens there/);
  });

  it('says that TLS is spoken to a server that does not', async () => {
    const error = await refusal(`${url}&tls=true`);
    expect(error.message).toMatch(/TLS/);
  });

  it('says that a server closes plain connections, as one does that wants TLS', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await told(`mongodb://127.0.0.1:${port}/db`)).toMatch(/add tls=true/);
    server.close();
    await once(server, 'close');
  });

  it.each([
    ['an option nobody knows', (to: string) => `${to}&nonsense=1`, /the URL is not one/],
    ['unacknowledged writes', (to: string) => `${to}&w=0`, /w=0 leaves writes unacknowledged/],
  ])('is refused with %s', async (_, spoilt, message) => {
    const error = await refusal(spoilt(url));
    expect(error).toBeInstanceOf(StoreMisconfigured);
    expect(error.message).toMatch(message);
  });

  it('opens again once what was wrong is mended', async () => {
    await raw((db) => db.collection('rooms').insertOne({ theirs: true }));
    await refusal(url);
    await raw((db) => db.collection('rooms').drop());
    const store = storeOn(url);
    await store.open();
    await store.close();
  });
});

describe('a MongoDB database', () => {
  it('that was made by a newer version is refused', async () => {
    await made((db) =>
      db
        .collection('maxiaoke_schema')
        .updateOne({ _id: 'version' as never }, { $set: { number: 99 } }),
    );
    expect(await told(url)).toMatch(/made by a newer version \(schema 99, this one knows \d+\)/);
  });

  it('whose unique index somebody dropped is refused, with how to put it back', async () => {
    await made((db) => db.collection('log').dropIndex('key'));
    const error = await refusal(url);
    expect(error).toBeInstanceOf(StoreMisconfigured);
    expect(error.message).toMatch(/the index key of log is missing.*db\.log\.createIndex\(/);
  });

  it('that holds another program’s collections is refused and left alone', async () => {
    await raw((db) => db.collection('rooms').insertOne({ theirs: true }));
    expect(await told(url)).toMatch(/another program's collections \(rooms\)/);
    await raw(async (db) => expect(await db.listCollections().toArray()).toHaveLength(1));
  });

  it('is not made by who only reads, and not changed', async () => {
    expect(await told(url, 'read')).toMatch(/lacks \d+ of \d+ migrations; start the server once/);
    await made();
    const reader = storeOn(url, 'read');
    await reader.open();
    expect(await reader.accounts.byId('u')).toBeNull();
    await expect(reader.accounts.create(account('u'))).rejects.toThrow(/opened for reading only/);
    await reader.close();
  });
});
