import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataStore } from '#libs/state';
import { Looks } from '../../platform/http/looks.js';
import { ResponseCache } from '../../platform/http/response-cache.js';

/** The scope of cached answers that show courses. */
export const CATALOGUE = 'catalogue';

/** Says that what the catalogue shows has changed. */
@Injectable()
export class CatalogueChanges implements OnModuleInit {
  private readonly looks: Looks<number>;

  constructor(
    private readonly data: DataStore,
    private readonly cache: ResponseCache,
  ) {
    this.looks = new Looks(() => data.courses.revision());
  }

  onModuleInit(): void {
    // A store that only this process opens has no other writer. Of one that others write to, its
    // revision is asked for before each answer: a hint from the bus could come too late, or never.
    if (this.data.traits.shared) this.cache.scope(CATALOGUE).watch(() => this.revision());
  }

  /** The store's, as it is now; those who ask while it is looked at share the next look. */
  revision(): Promise<number> {
    return this.looks.ask();
  }

  /** To be called after a write has been stored and before its author is answered. */
  changed(): void {
    this.cache.scope(CATALOGUE).generation += 1;
  }
}
