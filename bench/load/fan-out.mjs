// Receivers of rooms, some of which send, with `inFlight` messages unanswered at a time.
import { work } from '../lib/load.mjs';
import { Rooms } from './rooms.mjs';

await work(async (settings) => {
  const wire = await import(`./wire-${settings.wire}.mjs`);
  const rooms = new Rooms(wire, settings);
  await rooms.fill();
  const { warmUp, messages, seconds } = settings;
  rooms.verify(await rooms.exchange({ ...warmUp, record: true }));
  return async () => {
    const { deliveries, seconds: took } = await rooms.exchange({ messages, seconds });
    return { deliveries, seconds: took };
  };
});
