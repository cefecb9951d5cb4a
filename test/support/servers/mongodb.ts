import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { MongoClient } from 'mongodb';
import { find, runAs } from './programs.js';
import { type ServerKind, withDatabase } from './server-kind.js';

const sources = join(process.cwd(), 'test/support/servers/mongodb');

/** Compiled once for these sources, in the user's cache. */
function home(): string {
  const sum = createHash('sha256');
  for (const name of ['pom.xml', 'Main.java']) sum.update(readFileSync(join(sources, name)));
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return join(cache, 'maxiaoke', `mongodb-${sum.digest('hex').slice(0, 12)}`);
}

/** Made beside its place and then moved there, so that two runs at once do not disturb each other. */
async function compile(): Promise<void> {
  const place = home();
  if (existsSync(join(place, 'Main.class'))) return;
  const making = `${place}-${randomUUID()}`;
  await mkdir(making, { recursive: true });
  await copyFile(join(sources, 'pom.xml'), join(making, 'pom.xml'));
  await runAs(undefined, find('mvn') ?? 'mvn', [
    ...['-q', '-B', '-f', join(making, 'pom.xml'), 'dependency:copy-dependencies'],
    `-DoutputDirectory=${making}`,
  ]);
  const java = ['-cp', `${making}/*`, '-d', making, join(sources, 'Main.java')];
  await runAs(undefined, find('javac') ?? 'javac', java);
  await mkdir(dirname(place), { recursive: true });
  await rename(making, place).catch(() => rm(making, { recursive: true }));
}

async function connected(url: string, work: (client: MongoClient) => Promise<unknown>) {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5000 });
  try {
    await client.connect();
    await work(client);
  } finally {
    await client.close();
  }
}

/**
 * A server that speaks MongoDB's protocol, from Maven Central: see mongodb/Main.java. The same suites
 * run against MongoDB itself with TEST_MONGODB_URL.
 */
export const mongodb: ServerKind = {
  name: 'mongodb',
  install: 'default-jdk-headless maven',
  program: () => (find('mvn') && find('javac') ? find('java') : undefined),
  initialise: () => compile(),
  launch: (dir, port, durable) => ({
    program: find('java') ?? 'java',
    args: [
      ...['-Xmx1g', '-cp', `${home()}:${home()}/*`, 'Main', '127.0.0.1', String(port)],
      ...(durable ? [join(dir, 'file')] : []),
    ],
  }),
  url: (port) => `mongodb://127.0.0.1:${port}/admin?directConnection=true`,
  ready: (url) => connected(url, (client) => client.db('admin').command({ ping: 1 })),
  fresh: async (url, name) => withDatabase(url, name),
  drop: (url, names) =>
    connected(url, async (client) => {
      for (const name of names) await client.db(name).dropDatabase();
    }),
};
