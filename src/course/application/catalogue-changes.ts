import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataStore } from '#libs/state';
import { ResponseCache } from '../../platform/http/response-cache.js';

/** The scope of cached answers that show courses. */
export const CATALOGUE = 'catalogue';

/** Says that what the catalogue shows has changed. */
@Injectable()
export class CatalogueChanges implements OnModuleInit {
  constructor(
    private readonly data: DataStore,
    private readonly cache: ResponseCache,
  ) {}

  onModuleInit(): void {
    const { courses, traits } = this.data;
    // A store that only this process opens has no other writer. Of one that others write to, its
    // revision is asked for before each answer: a hint from the bus could come too late, or never.
    if (traits.shared) this.cache.scope(CATALOGUE).watch(() => courses.revision());
  }

  /** To be called after a write has been stored and before its author is answered. */
  changed(): void {
    this.cache.scope(CATALOGUE).generation += 1;
  }
}
