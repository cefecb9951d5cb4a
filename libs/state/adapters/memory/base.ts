import { type Inspection, type StoreOptions, StoreUnavailable, type Traits } from '#libs/state';

export const memoryTraits: Traits = {
  durable: false,
  shared: false,
  expiry: 'lazy',
  durability: 'none',
};

/** There is no server to look at, and nothing in it that could be set wrongly. */
export const memoryInspection = (): Inspection => ({
  version: `Node.js ${process.versions.node}`,
  pendingMigrations: 0,
  findings: [],
});

/** Open or closed: what every memory store is besides its data. */
export class Gate {
  private open = false;

  constructor(readonly options: StoreOptions) {}

  enter(): void {
    this.open = true;
  }

  leave(): void {
    this.open = false;
  }

  /** @throws StoreUnavailable before open() and after close() */
  check(): void {
    if (!this.open) throw new StoreUnavailable(`${this.options.variable} (memory) is closed`);
  }
}
