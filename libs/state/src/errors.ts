/** The only errors that leave an adapter. */
export abstract class StateError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
  }
}

/** The store cannot be reached, did not answer in time, or cannot write (disk full). Nothing is known of the outcome. */
export class StoreUnavailable extends StateError {}

/** More waits for the store than it keeps up with. Nothing was written; a repeat may succeed. */
export class QueueFull extends StoreUnavailable {}

/** The store answers but must not be used as configured; the message says what to change. */
export class StoreMisconfigured extends StateError {}

/** The record was changed since the version the caller holds. */
export class VersionConflict extends StateError {
  constructor(readonly current: number) {
    super(`the stored version is ${current}`);
  }
}

/** Another record has the key that has to be unique. */
export class AlreadyExists extends StateError {
  constructor(readonly key: string) {
    super(`${key} is taken`);
  }
}

/** There is no such record to change. Reading an absent record gives `null`, never this. */
export class NoSuchRecord extends StateError {
  constructor(readonly key: string) {
    super(`${key} does not exist`);
  }
}

/** What is stored cannot be understood. */
export class CorruptRecord extends StateError {}
