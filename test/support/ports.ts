import { createServer } from 'node:net';

/** Below the range the system hands out by itself; test workers start apart from each other. */
let next = 10_000 + ((process.pid * 37) % 20_000);

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer()
      .once('error', () => resolve(false))
      .listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });

/** A port that nothing listens on now. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = (next = next >= 30_000 ? 10_000 : next + 1);
    if (await isFree(port)) return port;
  }
}
