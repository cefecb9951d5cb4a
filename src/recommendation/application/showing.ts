import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { CourseListItem, ReasonView, RecommendationsView } from '#libs/protocol';
import { CourseReader } from '../../course/index.js';
import type { Ranked } from '../domain/best-first.js';
import { isOffered, type ShelfFilter } from '../domain/course-shelf.js';
import { show, type Shown } from '../domain/shown.js';
import { CurrentModel, type Loaded } from './current-model.js';
import { RecommendableCourses } from './recommendable-courses.js';

/** Looked up besides those wanted: some may have been archived since they were ranked. */
const spare = 5;
/** Courses of a moment that are kept as they are shown: the popular ones are in most answers. */
const maxCards = 4096;

export interface Moment {
  shown: Shown;
  loaded: Loaded | null;
  /** Read at the moment's revision or later. */
  cards: LRUCache<string, CourseListItem>;
}

/** The model in use beside the catalogue as it is, and answers made of the two. */
@Injectable()
export class Showing {
  private last: (Moment & { revision: number }) | undefined;

  constructor(
    private readonly catalogue: RecommendableCourses,
    private readonly current: CurrentModel,
    private readonly courses: CourseReader,
  ) {}

  async now(): Promise<Moment> {
    const { shelf, revision } = await this.catalogue.current();
    const { loaded } = this.current;
    const { last } = this;
    const same =
      last?.shown.shelf === shelf && last.revision === revision && last.loaded === loaded;
    if (last && same) return last;
    const shown = show(loaded?.model ?? null, shelf);
    this.last = { shown, loaded, revision, cards: new LRUCache({ max: maxCards }) };
    return this.last;
  }

  /** The first `limit` of what is ranked that may be shown, by the store's own records. */
  async answer<T extends Ranked>(
    { loaded, cards }: Moment,
    ranked: readonly T[],
    { limit, ...filter }: ShelfFilter & { limit: number },
    reasons: (shown: readonly T[]) => ReasonView[],
  ): Promise<RecommendationsView> {
    const found: { one: T; course: CourseListItem }[] = [];
    for (let at = 0; at < ranked.length && found.length < limit;) {
      const some = ranked.slice(at, at + limit - found.length + spare);
      at += some.length;
      const unread = some.map(({ id }) => id).filter((id) => !cards.has(id));
      for (const [id, card] of await this.courses.listed(unread)) cards.set(id, card);
      for (const one of some) {
        const course = cards.get(one.id);
        if (course && isOffered(course, filter)) found.push({ one, course });
      }
    }
    const shown = found.slice(0, limit);
    const why = reasons(shown.map(({ one }) => one));
    const items = shown.map(({ one, course }, at) => ({
      course,
      score: rounded(one.score),
      reason: why[at]!,
    }));
    return { items, model: loaded?.version ?? null };
  }
}

/** Six digits: what differs beyond them is no difference in taste. */
const rounded = (score: number): number => Number(score.toPrecision(6));
