import type { RoomRecord, Stored } from '../record.js';
import type { Violation } from './violation.js';

/** The log read back: one epoch, 1, 2, 3, …, each message once, and only messages that were sent. */
export function checkHistory({ room, epoch, epochs, history, sent }: RoomRecord): Violation[] {
  const found: Violation[] = epochs
    .filter((one) => one !== epoch)
    .map((one) => ({ kind: 'epoch', room, what: `the epoch was ${epoch} and became ${one}` }));
  const keys = new Set(sent.map(({ key }) => key));
  const seen = new Map<string, Stored>();
  let expected = 1;
  for (const stored of history) {
    const { seq, key } = stored;
    const about = { room, key, seq };
    if (seq !== expected) {
      const kind = seq > expected ? 'gap' : 'reordered';
      found.push({ ...about, kind, what: `history has ${seq} where ${expected} is due` });
    }
    expected = seq + 1;
    if (!key.includes('/')) continue; // not a message
    const before = seen.get(key);
    if (before)
      found.push({ ...about, kind: 'duplicated', what: `stored as ${before.seq} and as ${seq}` });
    seen.set(key, stored);
    if (!keys.has(key))
      found.push({ ...about, kind: 'phantom', what: 'stored, and nobody sent it' });
  }
  return found;
}

/** Every message is acknowledged in the end, and is stored as its acknowledgement said. */
export function checkAcks({ room, epoch, history, sent }: RoomRecord): Violation[] {
  const stored = new Map(history.map((event) => [event.key, event]));
  return sent.flatMap(({ key, at, ack }): Violation[] => {
    if (!ack) return [{ kind: 'unacknowledged', room, key, at, what: 'never acknowledged' }];
    const about = { room, key, seq: ack.seq, at: ack.at };
    if (ack.epoch !== epoch)
      return [{ ...about, kind: 'epoch', what: `acknowledged in the epoch ${ack.epoch}` }];
    const event = stored.get(key);
    if (!event)
      return [{ ...about, kind: 'lost', what: `acknowledged as ${ack.seq}, not in history` }];
    if (event.seq === ack.seq && event.id === ack.id) return [];
    const what = `acknowledged as ${ack.seq} (${ack.id}), stored as ${event.seq} (${event.id})`;
    return [{ ...about, kind: 'reordered', what }];
  });
}
