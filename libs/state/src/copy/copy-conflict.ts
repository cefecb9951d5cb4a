/** The target holds what is no copy of the source; a person has to decide which of the two counts. */
export class CopyConflict extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}
