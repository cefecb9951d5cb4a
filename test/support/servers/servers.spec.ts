import { connect } from 'node:net';
import { kindNames, servers } from './index.js';

describe.each(kindNames.filter((name) => servers[name].available))(
  'the %s server of a run',
  (kind) => {
    it('gives a place of its own each time it is asked', async () => {
      const urls = [await servers[kind].freshUrl(), await servers[kind].freshUrl()];
      expect(new Set(urls).size).toBe(2);
      for (const url of urls) expect(new URL(url).protocol).toBe(`${kind}:`);
    });

    it('can be had for oneself, killed and started again on its data', async () => {
      const own = await servers[kind].own();
      const listens = () =>
        new Promise<boolean>((resolve) => {
          const socket = connect(own.port, '127.0.0.1', () => resolve(true));
          socket.on('connect', () => socket.destroy()).on('error', () => resolve(false));
        });
      expect(await listens()).toBe(true);
      await own.kill();
      expect(await listens()).toBe(false);
      await own.boot();
      expect(await listens()).toBe(true);
      await own.stop();
      expect(await listens()).toBe(false);
      await own.dispose();
    });
  },
);
