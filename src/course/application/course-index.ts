import { setImmediate as turn } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from '#libs/kernel';
import { documentVersion, SearchIndex, searchVersion, type Synonyms } from '#libs/search';
import { type CourseChange, DataStore } from '#libs/state';
import { LOGGER } from '../../platform/logging/logger.js';
import { Looks } from '../../platform/http/looks.js';
import { documentOf, searchFactsOf } from '../domain/search-document.js';
import { CatalogueChanges } from './catalogue-changes.js';
import { SYNONYMS } from './synonyms.js';

/** Courses read at once: some hundred kilobytes of documents. */
const pageSize = 250;
/** An operator is told of what makes a start longer than this. */
const noticeableMs = 1000;

/**
 * This replica's copy of what is searched, filtered and sorted, in memory. The store has the truth:
 * whoever reads the copy is answered from one that is as new as the store was when he asked.
 */
@Injectable()
export class CourseIndex implements OnModuleInit {
  private index: SearchIndex;
  /** Changes up to here are in the index. */
  private position = 0;
  /** The store's revision from before the changes were read that the index shows. */
  private revision: number | undefined;
  private readonly catchUp = new Looks(() => this.follow());
  /** Courses met whose stored document this version does not read. */
  outdated = 0;

  constructor(
    private readonly data: DataStore,
    private readonly changes: CatalogueChanges,
    @Inject(SYNONYMS) private readonly synonyms: Synonyms,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.index = new SearchIndex(synonyms);
  }

  async onModuleInit(): Promise<void> {
    const started = performance.now();
    await this.catchUp.ask();
    const ms = Math.round(performance.now() - started);
    const level = ms < noticeableMs ? 'debug' : 'info';
    this.logger[level]({ courses: this.index.size, ms }, 'the course index is loaded');
  }

  /**
   * What `read` makes of the index. It runs while the store is asked whether there is news, so that an
   * answer takes one round trip, and once more where there was. @throws StoreUnavailable
   */
  async answer<T>(read: (index: SearchIndex) => Promise<T>): Promise<T> {
    const before = this.revision;
    const [revision, first] = await Promise.all([this.changes.revision(), read(this.index)]);
    if (revision === before) return first;
    if (revision !== this.revision) await this.catchUp.ask();
    return read(this.index);
  }

  private async follow(): Promise<void> {
    const { courses } = this.data;
    const revision = await courses.revision();
    let [index, known, after] = [this.index, this.position, this.position];
    let position: number | undefined;
    for (;;) {
      const page = await courses.changes({ known, after, limit: pageSize });
      // Too far behind, or the store was put back to an earlier state.
      if (!page) {
        [index, known, after] = [new SearchIndex(this.synonyms), 0, 0];
        position = undefined;
        continue;
      }
      position ??= page.revision;
      await this.apply(page.items, index);
      if (page.next === null) break;
      after = page.next;
      // The event loop is not this one's alone, and some stores answer without leaving it.
      await turn();
    }
    this.index = index;
    this.position = position;
    this.revision = revision;
  }

  private async apply(items: readonly CourseChange[], index: SearchIndex): Promise<void> {
    const lacking: CourseChange[] = [];
    for (const change of items) {
      const { id, facts, document } = change;
      if (!facts) index.remove(id);
      else if (!document) {
        if (!index.setFacts(id, searchFactsOf(facts))) lacking.push(change);
      } else if (documentVersion(document) === searchVersion)
        index.put(id, document, searchFactsOf(facts));
      else lacking.push(change);
    }
    if (lacking.length > 0) await this.encode(lacking, index);
  }

  /** Of courses whose document is missing or of another version one is made here: they are found all the same. */
  private async encode(lacking: readonly CourseChange[], index: SearchIndex): Promise<void> {
    this.outdated += lacking.length;
    const facts = new Map(lacking.map((change) => [change.id, change.facts]));
    for (const course of await this.data.courses.byIds([...facts.keys()])) {
      const known = facts.get(course.id);
      if (known) index.put(course.id, documentOf(course), searchFactsOf(known));
    }
  }
}
