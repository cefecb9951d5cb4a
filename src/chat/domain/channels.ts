import { AppError } from '#libs/kernel';

/** A channel of the WebSocket protocol: `room:<id>` carries a room's log, `user:<id>` one user's notices. */
export type Channel = { kind: 'room'; room: string } | { kind: 'user'; user: string };

export const roomChannel = (room: string): string => `room:${room}`;
export const userChannel = (user: string): string => `user:${user}`;

const form = /^(room|user):([A-Za-z0-9_.:~-]{1,128})$/;

/** @throws AppError not_found */
export function parseChannel(channel: string): Channel {
  const [, kind, id] = form.exec(channel) ?? [];
  if (id === undefined) {
    throw new AppError(
      'not_found',
      `unknown channel ${channel.slice(0, 80)}; channels are room:<id> and user:<id>`,
    );
  }
  return kind === 'room' ? { kind, room: id } : { kind: 'user', user: id };
}

/** @throws AppError not_found where the channel is no room. */
export function roomOf(channel: string): string {
  const parsed = parseChannel(channel);
  if (parsed.kind === 'room') return parsed.room;
  throw new AppError('not_found', `${channel} is not a room's channel`);
}
