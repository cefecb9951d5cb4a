// Receivers of one room, some of which send, with `inFlight` messages unanswered at a time.
import { work } from '../lib/load.mjs';
import { Room } from './room.mjs';

const exchangeSeconds = 120;

await work(async (settings) => {
  const wire = await import(`./wire-${settings.wire}.mjs`);
  const room = new Room(wire, settings);
  await room.fill();
  const { first } = await room.exchange(settings.warmUp, exchangeSeconds, true);
  room.verify(first);
  return () => room.exchange(settings.messages, exchangeSeconds);
});
