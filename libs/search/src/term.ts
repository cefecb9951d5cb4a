/** A term and where it stands. */
export interface Term {
  term: string;
  /** UTF-16 offsets, end exclusive. */
  start: number;
  end: number;
  /** One character of a script written without spaces: pairs of neighbours are terms too. */
  gram: boolean;
  /** Another way to say the term at this place; it takes no place of its own. */
  alias: boolean;
  /** Something other than a space stands between it and the term before; between grams, anything. */
  apart: boolean;
}
