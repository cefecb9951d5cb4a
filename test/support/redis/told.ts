import { Redis } from 'ioredis';

/** One command to one server, as an operator gives it. */
export async function told<T>(url: string, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined); // the command fails with it
  try {
    await client.connect();
    return await work(client);
  } finally {
    client.disconnect();
  }
}
