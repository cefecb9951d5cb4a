import { newId } from '#libs/kernel';
import type { NewEvent } from '#libs/state';

/** An event of its own; what matters to a test is given. */
export function event(given: Partial<NewEvent> = {}): NewEvent {
  const id = given.id ?? newId();
  return {
    id,
    type: 'message',
    sender: 'someone',
    cid: id,
    at: 1,
    body: '{"text":"hello"}',
    ...given,
  };
}

export const seqs = (numbered: readonly { seq: number }[]): number[] =>
  numbered.map(({ seq }) => seq);
