import { CorruptRecord } from '#libs/state';

/** JSON of a column. @throws CorruptRecord */
export function parseColumn<T>(text: string, what: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new CorruptRecord(`${what} cannot be understood: it is not JSON any more`, error);
  }
}
