import { type StoreOptions, StoreUnavailable, type Traits } from '#libs/state';
import { SqliteFile } from './sqlite-file.js';

export const sqliteTraits: Traits = {
  durable: true,
  shared: false,
  expiry: 'lazy',
  durability: 'fsync',
};

/** The file of one adapter, between open() and close(). */
export class Handle {
  private held: SqliteFile | undefined;

  constructor(readonly options: StoreOptions) {}

  enter(): void {
    this.held ??= SqliteFile.open(this.options);
  }

  leave(): void {
    const file = this.held;
    this.held = undefined;
    file?.release();
  }

  /** @throws StoreUnavailable before open() and after close() */
  get file(): SqliteFile {
    if (!this.held) throw new StoreUnavailable(`${this.options.variable} (sqlite) is closed`);
    return this.held;
  }

  get now(): number {
    return this.options.clock.now();
  }
}
