/** One row of an import: its value, or why it has none. */
export interface ImportLine {
  /** Where the row begins, from 1. */
  line: number;
  value?: unknown;
  problem?: string;
}

/** A longer row is refused: it is no course, and would have to be held in memory whole. */
export const maxRowBytes = 1024 * 1024;
export const tooLong = `a row has at most ${maxRowBytes} bytes`;
