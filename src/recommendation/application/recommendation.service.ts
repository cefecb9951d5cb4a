import { Injectable } from '@nestjs/common';
import type {
  CourseListItem,
  ReasonView,
  RecommendationQuery,
  RecommendationsView,
} from '#libs/protocol';
import { coTaken } from '#libs/recommender';
import { DataStore, type InteractionType } from '#libs/state';
import { CourseReader } from '../../course/index.js';
import type { Caller } from '../../platform/http/caller.js';
import { type Language, reasonOf } from '../domain/reasons.js';
import { CurrentModel } from './current-model.js';
import { Trainer } from './trainer.js';

/** A user's latest events that count. */
const recentEvents = 100;
const weights: Record<InteractionType, number> = { view: 0.2, enrol: 1, complete: 1.5, rate: 1 };

/** Recommendations by the active model; what may be shown is asked of live data. */
@Injectable()
export class RecommendationService {
  constructor(
    private readonly data: DataStore,
    private readonly courses: CourseReader,
    private readonly current: CurrentModel,
    private readonly trainer: Trainer,
  ) {}

  /** Of the user's events as they are now: a course taken a second ago changes the answer and is gone from it. */
  async forUser(
    caller: Caller,
    query: RecommendationQuery,
    language: Language,
  ): Promise<RecommendationsView> {
    const [events, enrolled] = await Promise.all([
      this.data.interactions.recentOf(caller.id, recentEvents),
      this.courses.enrolledCourseIds(caller.id),
    ]);
    const history = new Map<string, number>(enrolled.map((id) => [id, 1]));
    for (const { courseId, type } of events)
      history.set(courseId, Math.max(history.get(courseId) ?? 0, weights[type]));
    const taken = new Set(enrolled);
    const list = [...history].map(([item, weight]) => ({ item, weight }));
    const answer = await this.answer(
      query,
      (wanted) => coTaken.personal(this.current.model, list, wanted),
      (id) => !taken.has(id),
    );
    const because = await this.titles(answer.flatMap(({ scored }) => scored.because ?? []));
    return this.view(answer, ({ because: item }) => {
      const title = item === undefined ? undefined : because.get(item);
      return item !== undefined && title !== undefined
        ? reasonOf('because', language, { id: item, title })
        : reasonOf('popular', language);
    });
  }

  async popular(query: RecommendationQuery, language: Language): Promise<RecommendationsView> {
    const answer = await this.answer(query, (wanted) =>
      coTaken.popular(this.current.model, wanted),
    );
    return this.view(answer, () => reasonOf('popular', language));
  }

  async trending(query: RecommendationQuery, language: Language): Promise<RecommendationsView> {
    const answer = await this.answer(query, (wanted) =>
      coTaken.trending(this.current.model, wanted),
    );
    return this.view(answer, () => reasonOf('trending', language));
  }

  async similar(
    caller: Caller | undefined,
    idOrSlug: string,
    query: RecommendationQuery,
    language: Language,
  ): Promise<RecommendationsView> {
    const course = await this.courses.visible(caller, idOrSlug);
    const answer = await this.answer(
      query,
      (wanted) => coTaken.similar(this.current.model, course.id, wanted),
      (id) => id !== course.id,
    );
    return this.view(answer, () =>
      reasonOf('similar', language, { id: course.id, title: course.title }),
    );
  }

  /** Asks the model for everything it has, in order, and live data for what of it may be shown. */
  private async answer<T extends coTaken.Scored>(
    { limit, category }: RecommendationQuery,
    rank: (wanted: coTaken.Wanted) => T[],
    allowed: (id: string) => boolean = () => true,
  ): Promise<{ scored: T; course: CourseListItem }[]> {
    await this.trainer.catchUp();
    const ranked = rank({ limit: Number.MAX_SAFE_INTEGER, allowed });
    const found: { scored: T; course: CourseListItem }[] = [];
    for (let at = 0; at < ranked.length && found.length < limit; at += 100) {
      const page = ranked.slice(at, at + 100);
      const listed = await this.courses.listed(page.map(({ item }) => item));
      for (const scored of page) {
        const course = listed.get(scored.item);
        if (course && (!category || category.includes(course.category)) && found.length < limit)
          found.push({ scored, course });
      }
    }
    return found;
  }

  private view<T extends coTaken.Scored>(
    answer: { scored: T; course: CourseListItem }[],
    reason: (scored: T) => ReasonView,
  ): RecommendationsView {
    const items = answer.map(({ scored, course }) => ({
      course,
      score: scored.score,
      reason: reason(scored),
    }));
    return { items, model: this.current.version };
  }

  private async titles(ids: readonly string[]): Promise<Map<string, string>> {
    const cards = await this.data.courses.cards(ids);
    return new Map(cards.map(({ id, title }) => [id, title]));
  }
}
