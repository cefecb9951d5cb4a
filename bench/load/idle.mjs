// Connections that do nothing but answer pings; in a room, where one is given. Some come and go first, so that what
// the first of all cost (code that is loaded and compiled) is not counted as theirs.
import { setTimeout as sleep } from 'node:timers/promises';
import { work } from '../lib/load.mjs';
import { token } from '../lib/token.mjs';
import { eachOf } from './rooms.mjs';

const earlier = 200;

await work(async ({ wire: name, ports: [port], room, connections }) => {
  const wire = await import(`./wire-${name}.mjs`);
  let open = [];

  async function fill(count, of) {
    open = new Array(count);
    await eachOf(count, async (at) => {
      const raw = await wire.enter(port, token(`${of}-${at}`, `Reader ${at}`));
      if (room) await wire.join(raw, room);
      raw.onData = wire.counter(raw, 1, () => undefined);
      raw.onLost = (why) => {
        throw new Error(why);
      };
      open[at] = raw;
    });
  }

  await fill(earlier, 'earlier');
  for (const raw of open) raw.drop();
  await sleep(1000);
  return async () => {
    await fill(connections, 'reader');
    return { connections };
  };
});
