import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { RecommendationQuery, RecommendationsView } from '#libs/protocol';
import { DataStore } from '#libs/state';
import { CourseReader } from '../../course/index.js';
import type { Caller } from '../../platform/http/caller.js';
import { ResponseCache } from '../../platform/http/response-cache.js';
import { BestFirst, type Ranked } from '../domain/best-first.js';
import { isOffered } from '../domain/course-shelf.js';
import { neighbours } from '../domain/neighbours.js';
import { type Language, reasonOf } from '../domain/reasons.js';
import { CurrentModel } from './current-model.js';
import { Showing } from './showing.js';

/** The scopes of cached answers: of catalogue and model, and of what trends besides. */
export const DISCOVERY = 'discovery';
export const TRENDING = 'trending';

/** Ranked besides those wanted: some may have been archived since. */
const spare = 20;
/** Courses that trend, from which filters choose. */
const trendingPool = 1000;

/** What is recommended to everybody alike. */
@Injectable()
export class DiscoveryService implements OnModuleInit {
  constructor(
    private readonly data: DataStore,
    private readonly courses: CourseReader,
    private readonly current: CurrentModel,
    private readonly showing: Showing,
    private readonly cache: ResponseCache,
  ) {}

  /** One look at the store says whether a cached answer still holds, whoever wrote since. */
  onModuleInit(): void {
    const { courses, interactions } = this.data;
    const version = async () => `${await courses.revision()} ${this.current.version ?? ''}`;
    this.cache.scope(DISCOVERY).watch(version);
    this.cache.scope(TRENDING).watch(async () => {
      const [seen, trends] = await Promise.all([version(), interactions.trending(trendingPool)]);
      return JSON.stringify([seen, trends]);
    });
  }

  /** By ln(1 + learners) · damped average of stars; then what has no learners yet. */
  async popular(query: RecommendationQuery, language: Language): Promise<RecommendationsView> {
    const moment = await this.showing.now();
    const { shelf, popularity } = moment.shown;
    const best = new BestFirst<Ranked>(query.limit + spare);
    for (const [at, { id, facts }] of shelf.courses.entries())
      if (isOffered(facts, query)) best.add({ id, score: popularity[at] ?? 0 });
    return this.showing.answer(moment, best.items, query, (shown) =>
      shown.map(({ score }) => reasonOf(score > 0 ? 'popular' : 'new', language)),
    );
  }

  /** By decayed interactions, as shares of the first one's: they do not change as time passes. */
  async trending(query: RecommendationQuery, language: Language): Promise<RecommendationsView> {
    const [moment, trends] = await Promise.all([
      this.showing.now(),
      this.data.interactions.trending(trendingPool),
    ]);
    const { shelf } = moment.shown;
    const offered = trends.filter(({ courseId }) =>
      isOffered(shelf.find(courseId)?.facts ?? null, query),
    );
    const most = offered[0]?.weight ?? 1;
    const ranked = offered.map(({ courseId, weight }) => ({ id: courseId, score: weight / most }));
    return this.showing.answer(moment, ranked, query, (shown) =>
      shown.map(() => reasonOf('trending', language)),
    );
  }

  async similar(
    caller: Caller | undefined,
    idOrSlug: string,
    query: RecommendationQuery,
    language: Language,
  ): Promise<{ answer: RecommendationsView; everybodys: boolean }> {
    const { id, title, status } = await this.courses.visible(caller, idOrSlug);
    const moment = await this.showing.now();
    const ranked = neighbours(moment.shown, id, query.limit + spare, query);
    const answer = await this.showing.answer(moment, ranked, query, (shown) =>
      shown.map(({ by }) =>
        reasonOf(by === 'learners' ? 'similar' : 'about', language, { id, title }),
      ),
    );
    return { answer, everybodys: status === 'published' };
  }
}
