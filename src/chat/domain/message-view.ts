import type { MessageEvent, RoomEvent } from '#libs/protocol';

/** Adds or takes a user's reaction, in the order they were made; an emoji nobody holds is gone. */
function react(
  reactions: Record<string, string[]>,
  emoji: string,
  user: string,
  on: boolean,
): void {
  const others = (reactions[emoji] ?? []).filter((id) => id !== user);
  if (on) reactions[emoji] = [...others, user];
  else if (others.length > 0) reactions[emoji] = others;
  else delete reactions[emoji];
}

/** A message as it now is: `changes` are all events that target it, ascending by seq. A deleted one keeps no content. */
export function applyChanges(message: MessageEvent, changes: readonly RoomEvent[]): MessageEvent {
  const view: MessageEvent = { ...message };
  const reactions: Record<string, string[]> = {};
  for (const change of changes) {
    if (change.type === 'message.edited')
      Object.assign(view, { text: change.text, editedAt: change.at });
    else if (change.type === 'message.deleted') view.deleted = true;
    else if (change.type === 'reaction') react(reactions, change.emoji, change.by, change.on);
  }
  if (view.deleted) {
    const { attachments: _attachments, mentions: _mentions, editedAt: _editedAt, ...rest } = view;
    return { ...rest, text: '' };
  }
  if (Object.keys(reactions).length > 0) view.reactions = reactions;
  return view;
}

/** A page of a log with every message as it now is; edits of deleted messages lose their text too. */
export function applyAll(events: readonly RoomEvent[], changes: readonly RoomEvent[]): RoomEvent[] {
  const byTarget = new Map<string, RoomEvent[]>();
  const deleted = new Set<string>();
  for (const change of changes) {
    if (!('target' in change)) continue;
    const list = byTarget.get(change.target);
    if (list) list.push(change);
    else byTarget.set(change.target, [change]);
    if (change.type === 'message.deleted') deleted.add(change.target);
  }
  return events.map((event) => {
    if (event.type === 'message') return applyChanges(event, byTarget.get(event.id) ?? []);
    if (event.type === 'message.edited' && deleted.has(event.target)) return { ...event, text: '' };
    return event;
  });
}
