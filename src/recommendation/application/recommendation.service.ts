import { Injectable } from '@nestjs/common';
import type { PersonalQuery, RecommendationsView } from '#libs/protocol';
import { DataStore } from '#libs/state';
import { CourseReader } from '../../course/index.js';
import type { Caller } from '../../platform/http/caller.js';
import { diversify } from '../domain/diversify.js';
import { evidence, recentEvents } from '../domain/evidence.js';
import { Ranking } from '../domain/ranking.js';
import { type Language, reasonOf } from '../domain/reasons.js';
import { Showing } from './showing.js';

/** Ranked for each one shown, so that there is something to choose from. */
const poolFactor = 4;
const leastPool = 50;

/** Recommendations for a user, of their events and the catalogue as both are now. */
@Injectable()
export class RecommendationService {
  constructor(
    private readonly data: DataStore,
    private readonly courses: CourseReader,
    private readonly showing: Showing,
  ) {}

  /** A course taken a second ago, on whichever replica, changes the answer and is gone from it. */
  async forUser(
    caller: Caller,
    { diversity, ...query }: PersonalQuery,
    language: Language,
  ): Promise<RecommendationsView> {
    const { interactions } = this.data;
    const [events, enrolled, hidden, moment] = await Promise.all([
      interactions.recentOf(caller.id, recentEvents),
      this.courses.enrolledCourseIds(caller.id),
      interactions.hiddenBy(caller.id),
      this.showing.now(),
    ]);
    const enrolments = enrolled.map((courseId) => ({ courseId }));
    const { history, settled } = evidence(events, enrolments, hidden);
    const { shelf } = moment.shown;
    const ranking = new Ranking(moment.shown, history);
    const pool = ranking.best(Math.max(leastPool, query.limit * poolFactor), query, settled);
    const ranked =
      diversity === 0
        ? pool
        : diversify(pool, pool.length, diversity, ({ course }, work) =>
            shelf.space.comparing([{ vector: course.vector, weight: 1 }], (product) =>
              work((other) => product(other.course.vector)),
            ),
          );
    return this.showing.answer(moment, ranked, query, (shown) =>
      ranking.terms(shown.map(({ id }) => id)).map(([largest]) => {
        if (!largest || !('courseId' in largest)) return reasonOf(largest?.kind ?? 'new', language);
        const { kind, courseId } = largest;
        const title = shelf.find(courseId)?.facts?.title ?? courseId;
        return reasonOf(kind, language, { id: courseId, title });
      }),
    );
  }
}
