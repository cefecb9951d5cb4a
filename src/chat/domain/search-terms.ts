import { tokenize } from '#libs/search';
import { CorruptRecord, type StoredEvent } from '#libs/state';

/** What a message is found by. */
export const termsOfText = (text: string): string[] => [...new Set(tokenize(text))];

/**
 * The same of an event as it is stored: stores keep terms as they like and do not give them back.
 * @throws CorruptRecord
 */
export function termsOfStored({ type, id, body }: StoredEvent): string[] {
  if (type !== 'message') return [];
  try {
    const { text } = JSON.parse(body) as { text?: unknown };
    return typeof text === 'string' ? termsOfText(text) : [];
  } catch (error) {
    throw new CorruptRecord(`event ${id} is no JSON`, error);
  }
}
