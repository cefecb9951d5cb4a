import { hash } from 'node:crypto';
import type { MemberRole, RoomKind } from '#libs/state';

/** The room every signed-in account can enter; it always exists. */
export const LOBBY = 'lobby';

const coursePrefix = 'course-';

export const courseRoomId = (courseId: string): string => coursePrefix + courseId;

export const courseOfRoom = (room: string): string | undefined =>
  room.startsWith(coursePrefix) ? room.slice(coursePrefix.length) : undefined;

/** The same for both orders of the two, so that a second direct room of a pair is the first. */
export function directRoomId(one: string, other: string): string {
  const pair = JSON.stringify([one, other].sort());
  return 'direct-' + hash('sha256', pair, 'base64url').slice(0, 22);
}

/** What a caller may do in a room they can enter. `null` role: no member (an open room). */
export interface Access {
  kind: RoomKind;
  role: MemberRole | null;
  /** Moderators and admins of the whole deployment, and a course's instructor in its room. */
  moderates: boolean;
}

export const mayRename = ({ kind, role, moderates }: Access): boolean =>
  kind !== 'direct' && kind !== 'course' && (moderates || role === 'owner' || role === 'moderator');

export const mayDelete = ({ kind, role, moderates }: Access): boolean =>
  kind === 'open' ? moderates : kind === 'group' && (moderates || role === 'owner');

/** Only groups have members that come and go by hand: courses follow enrolment, a pair stays a pair. */
export const mayChangeMembers = ({ kind, role, moderates }: Access): boolean =>
  kind === 'group' && (moderates || role === 'owner' || role === 'moderator');

export const mayDeleteMessagesOfOthers = ({ role, moderates }: Access): boolean =>
  moderates || role === 'owner' || role === 'moderator';
