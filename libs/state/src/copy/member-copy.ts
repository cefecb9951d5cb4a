import type { HistoryStore } from '../history/history-store.js';
import type { MemberRecord, ReadMarker } from '../history/records.js';
import { eachOf, paged, sideBySide } from './walk.js';

/** Round trips under way at once for one room. */
const parallel = 16;

const userOf = ({ user }: { user: string }): string => user;

export const membersOf = (store: HistoryStore, room: string): AsyncIterable<MemberRecord> =>
  paged((page) => store.members(room, page), userOf);
export const markersOf = (store: HistoryStore, room: string): AsyncIterable<ReadMarker> =>
  paged((page) => store.markers(room, page), userOf);

/** Members and read markers of one room as they are at the source; who left there leaves here. */
export async function copyMembers(
  from: HistoryStore,
  to: HistoryStore,
  room: string,
): Promise<void> {
  const members = sideBySide(membersOf(from, room), membersOf(to, room), userOf);
  await eachOf(members, parallel, ({ ours, theirs }) => copyMember(from, to, room, ours, theirs));
  const markers = sideBySide(markersOf(from, room), markersOf(to, room), userOf);
  await eachOf(markers, parallel, ({ ours, theirs }) => copyMarker(from, to, room, ours, theirs));
}

async function copyMember(
  from: HistoryStore,
  to: HistoryStore,
  room: string,
  ours: MemberRecord | undefined,
  theirs: MemberRecord | undefined,
): Promise<void> {
  if (!ours) {
    if (theirs && !(await from.member(room, theirs.user))) await to.removeMember(room, theirs.user);
    return;
  }
  if (theirs?.role === ours.role && theirs.since === ours.since) return;
  // Left and came back: a member who is there would keep the old `since`, and the old marker.
  if (theirs && theirs.since !== ours.since) await to.removeMember(room, ours.user);
  await to.putMember(room, ours);
}

async function copyMarker(
  from: HistoryStore,
  to: HistoryStore,
  room: string,
  ours: ReadMarker | undefined,
  theirs: ReadMarker | undefined,
): Promise<void> {
  const user = ours?.user ?? theirs?.user;
  if (user === undefined || ours?.seq === theirs?.seq) return;
  if (theirs && theirs.seq > (ours?.seq ?? 0)) {
    // Markers only rise, so a lower one at the source belongs to somebody who left and came back.
    const now = await from.readStates(user, [room]);
    if ((now.get(room)?.lastReadSeq ?? 0) >= theirs.seq) return;
    const member = await to.member(room, user);
    await to.removeMember(room, user);
    if (member) await to.putMember(room, member);
  }
  if (ours) await to.markRead(room, user, ours.seq);
}
