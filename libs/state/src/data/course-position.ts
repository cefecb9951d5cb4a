/** Whether a reader of changes has to begin again; see Courses.changes. */
export const isStale = (at: {
  known: number;
  after: number;
  /** The store's. */
  revision: number;
  /** The last deletion that is not told any more. */
  forgotten: number;
}): boolean => at.known > at.revision || (at.after > 0 && at.after < at.forgotten);
