/** One row of an import: its value, or why it has none. */
export interface ImportRow {
  /** The line on which the row begins, from 1. */
  line: number;
  /** Characters of its text. */
  size: number;
  value?: unknown;
  problem?: string;
}

/** A longer row is refused: it is no course, and would have to be held in memory whole. */
export const maxRowBytes = 1024 * 1024;

/** What is wrong with the source as a whole: no row from `line` on can be read. */
export class Unreadable extends Error {
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message);
  }
}
