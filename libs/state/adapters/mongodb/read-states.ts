import type { ReadState } from '#libs/state';
import type { Handle } from './handle.js';
import type { BatchDocument, RoomDocument } from './log-documents.js';

export interface MarkerDocument {
  _id: string;
  room: string;
  log: string;
  user: string;
  seq: number;
}

const isMessage = { $eq: ['$events.type', 'message'] };

/** The read states of one user in many rooms, three round trips whatever their number. */
export async function readStatesOf(
  handle: Handle,
  user: string,
  rooms: readonly string[],
): Promise<Map<string, ReadState>> {
  const ids = [...new Set(rooms)];
  const [states, markers] = await Promise.all([
    handle
      .collection<RoomDocument>('rooms')
      .find({ _id: { $in: ids } })
      .toArray(),
    handle
      .collection<MarkerDocument>('markers')
      .find({ user, room: { $in: ids } })
      .toArray(),
  ]);
  const read = new Map(markers.map(({ log, seq }) => [log, seq]));
  const unread = await unreadIn(
    handle,
    user,
    states.map(({ log, first }) => ({ log, above: Math.max(read.get(log) ?? 0, first - 1) })),
  );
  const byRoom = new Map(states.map(({ _id, log }) => [_id, log]));
  return new Map(
    ids.flatMap((id) => {
      const log = byRoom.get(id);
      if (log === undefined) return [];
      return [[id, { lastReadSeq: read.get(log) ?? 0, unread: unread.get(log) ?? 0 }] as const];
    }),
  );
}

/**
 * Messages of others above a number, per log, that no later event deletes. Whatever deletes such a
 * message stands above the same number, so one pass over the batches from there sees both.
 */
export async function unreadIn(
  handle: Handle,
  user: string,
  logs: readonly { log: string; above: number }[],
): Promise<Map<string, number>> {
  if (logs.length === 0) return new Map();
  const counts = await handle
    .collection<BatchDocument>('log')
    .aggregate<{ _id: string; unread: number }>([
      { $match: { $or: logs.map(({ log, above }) => ({ log, last: { $gt: above } })) } },
      { $unwind: '$events' },
      {
        $match: {
          $and: [
            { $or: logs.map(({ log, above }) => ({ log, 'events.seq': { $gt: above } })) },
            {
              $or: [
                { 'events.type': 'message', 'events.sender': { $ne: user } },
                { 'events.type': 'message.deleted' },
              ],
            },
          ],
        },
      },
      {
        $group: {
          _id: { log: '$log', message: { $cond: [isMessage, '$events.id', '$events.target'] } },
          said: { $max: { $cond: [isMessage, '$events.seq', 0] } },
          deleted: { $max: { $cond: [isMessage, 0, '$events.seq'] } },
        },
      },
      { $project: { kept: { $gt: ['$said', '$deleted'] } } },
      { $match: { kept: true } },
      { $group: { _id: '$_id.log', unread: { $sum: 1 } } },
    ])
    .toArray();
  return new Map(counts.map(({ _id, unread }) => [_id, unread]));
}
