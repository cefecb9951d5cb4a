import type { MessageEvent, RoomEvent } from '#libs/protocol';
import { applyAll, applyChanges } from './message-view.js';

const at = '2026-01-01T00:00:00.000Z';
const message: MessageEvent = {
  type: 'message',
  id: 'm1',
  room: 'r',
  seq: 1,
  sender: { id: 'a', name: 'A' },
  cid: 'c',
  text: 'first',
  at,
};
const edited = (text: string): RoomEvent => ({
  type: 'message.edited',
  seq: 2,
  target: 'm1',
  text,
  at,
  by: 'a',
});
const reaction = (by: string, on: boolean, emoji = '👍'): RoomEvent => ({
  type: 'reaction',
  seq: 3,
  target: 'm1',
  emoji,
  on,
  by,
  at,
});
const deleted: RoomEvent = { type: 'message.deleted', seq: 9, target: 'm1', at, by: 'a' };

describe('a message with its changes', () => {
  it('shows the last edit and when it was made', () => {
    expect(applyChanges(message, [edited('second'), edited('third')])).toMatchObject({
      text: 'third',
      editedAt: at,
    });
  });

  it('lists who reacts, in the order they did, and forgets what was taken back', () => {
    const changes = [
      reaction('a', true),
      reaction('b', true),
      reaction('c', true, '🎉'),
      reaction('a', false),
      reaction('c', false, '🎉'),
    ];
    expect(applyChanges(message, changes).reactions).toEqual({ '👍': ['b'] });
  });

  it('keeps nothing of the content once deleted, in its edits neither', () => {
    const [shown, change] = applyAll(
      [{ ...message, mentions: ['b'] }, edited('secret')],
      [edited('secret'), deleted],
    );
    expect(shown).toEqual({ ...message, text: '', deleted: true });
    expect(change).toMatchObject({ type: 'message.edited', text: '' });
  });
});
