import { type Explanation, type HistoryItem, HistoryScorer } from '#libs/recommender';
import { BestFirst, type Ranked } from './best-first.js';
import { cosine, type FeatureVector } from './course-features.js';
import { isOffered, type Shelved, type ShelfFilter } from './course-shelf.js';
import type { Shown } from './shown.js';

/** A course and how good it is for somebody. */
export interface RankedCourse extends Ranked {
  course: Shelved;
}

/** The largest term of a score: of a course in the history, by the model or by content, or of popularity. */
export type Reason =
  | { kind: 'because' | 'alike'; courseId: string; term: number }
  | { kind: 'popular' | 'new'; term: number };

/** Different courses of a history below which popularity is blended in. */
const fewCourses = 5;
/** Of popularity, in units of the model's scores: standard deviations over the catalogue. */
const popularityScale = 3;
/** Popularity is never quite absent: it orders what nothing else speaks for. */
const leastPopularity = 0.02;
/**
 * score(i) = model(i) + b · popularity(i) / largest + c(i) · Σ weight(j) · cosine(i, j) / Σ weight(j)
 *
 * over the history's courses j, where b falls to nearly nothing at five of them and c(i) falls to
 * nothing with the users of i that the model knows. But for a constant that is the same for all
 * courses of an answer, the sum is made of terms of one course of the history each, and popularity's.
 */
export class Ranking {
  private readonly scorer: HistoryScorer | undefined;
  /** Courses of the history that are on the shelf. */
  private readonly known: { item: string; weight: number; course: Shelved }[];
  private readonly totalWeight: number;
  private readonly popularShare: number;

  /** @param history ascending by id, as `evidence` gives it: sums are added up in its order */
  constructor(
    private readonly shown: Shown,
    history: readonly HistoryItem[],
  ) {
    const { model, shelf } = shown;
    this.scorer = model ? new HistoryScorer(model, history) : undefined;
    this.known = history.flatMap(({ item, weight }) => {
      const course = shelf.find(item);
      return course ? [{ item, weight, course }] : [];
    });
    this.totalWeight = this.known.reduce((sum, { weight }) => sum + weight, 0) || 1;
    this.popularShare =
      popularityScale * Math.max(leastPopularity, 1 - history.length / fewCourses);
  }

  /** The best that are offered and not settled; ties by id. */
  best(count: number, filter: ShelfFilter, settled: ReadonlySet<string>): RankedCourse[] {
    const profile = this.known.map(({ course, weight }) => ({ vector: course.vector, weight }));
    return this.shown.shelf.space.comparing(profile, (product) =>
      this.bestBeside(product, count, filter, settled),
    );
  }

  /** @param product with the history's courses: of one that is all of them, their weight */
  private bestBeside(
    product: (other: FeatureVector) => number,
    count: number,
    filter: ShelfFilter,
    settled: ReadonlySet<string>,
  ): RankedCourse[] {
    const { shelf, contentShares, modelPlaces } = this.shown;
    const { courses } = shelf;
    const scores = this.scorer?.scores();
    const found = new BestFirst<RankedCourse>(count);
    for (let at = 0; at < courses.length; at += 1) {
      const place = modelPlaces[at]!;
      const share = contentShares[at]!;
      const known = this.popularTerm(at) + (scores && place >= 0 ? scores[place]! : 0);
      // Few can be high enough, whatever their content is: a cosine is at most 1, and a hair more by rounding.
      if (!found.takes(known + 1.001 * share)) continue;
      const course = courses[at]!;
      const { id, facts } = course;
      if (!isOffered(facts, filter) || settled.has(id)) continue;
      const content = share === 0 ? 0 : (share * product(course.vector)) / this.totalWeight;
      found.add({ id, score: known + content, course });
    }
    return found.items;
  }

  /** Why each course has its score: its terms, the largest first. */
  terms(ids: readonly string[]): Reason[][] {
    const explained = this.scorer?.explain(ids) ?? [];
    return ids.map((id, at) => this.termsOf(id, explained[at]));
  }

  private termsOf(id: string, explained: Explanation | undefined): Reason[] {
    const { shelf, contentShares } = this.shown;
    const at = shelf.placeOf(id);
    const course = shelf.courses[at];
    const popular = course ? this.popularTerm(at) : 0;
    const terms: Reason[] = [{ kind: popular > 0 ? 'popular' : 'new', term: popular }];
    if (explained) terms.push({ kind: 'because', courseId: explained.item, term: explained.term });
    const scale = (contentShares[at] ?? 0) / this.totalWeight;
    if (course && scale > 0)
      for (const { item, weight, course: taken } of this.known)
        terms.push({
          kind: 'alike',
          courseId: item,
          term: scale * weight * cosine(course.vector, taken.vector),
        });
    // A stable sort: of equal terms the one of the smaller id, which came first.
    return terms.sort((a, b) => b.term - a.term);
  }

  private popularTerm(at: number): number {
    return this.popularShare * this.shown.popularity[at]!;
  }
}
