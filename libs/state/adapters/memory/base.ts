import { type StoreOptions, StoreUnavailable, type Traits } from '#libs/state';

export const memoryTraits: Traits = {
  durable: false,
  shared: false,
  expiry: 'lazy',
  durability: 'none',
};

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
