import { type Explanation, type HistoryItem, HistoryScorer } from '#libs/recommender';
import { BestFirst, type Ranked } from './best-first.js';
import { cosine, Profile } from './course-features.js';
import { isOffered, type Shelved, type ShelfFilter } from './course-shelf.js';
import type { Shown } from './shown.js';

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
  private readonly profile: Profile;
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
    this.profile = new Profile(shelf.space);
    this.known = history.flatMap(({ item, weight }) => {
      const course = shelf.find(item);
      return course ? [{ item, weight, course }] : [];
    });
    this.totalWeight = this.known.reduce((sum, { weight }) => sum + weight, 0) || 1;
    for (const { course, weight } of this.known) this.profile.add(course.vector, weight);
    this.popularShare =
      popularityScale * Math.max(leastPopularity, 1 - history.length / fewCourses);
  }

  /** The best that are offered and not settled; ties by id. */
  best(count: number, filter: ShelfFilter, settled: ReadonlySet<string>): Ranked[] {
    const { shelf, contentShares, modelPlaces } = this.shown;
    const { courses } = shelf;
    const model = this.scorer?.oneByOne();
    const found = new BestFirst<Ranked>(count);
    for (let at = 0; at < courses.length; at += 1) {
      // Few scores can be high enough, whatever a part of them is: only their courses are looked at.
      const place = model ? modelPlaces[at]! : -1;
      const share = contentShares[at]!;
      const popular = this.popularTerm(at);
      // A cosine is at most 1, and a hair more by rounding.
      const most = popular + 1.001 * share + (place < 0 ? 0 : model!.most(place));
      if (!found.takes(most)) continue;
      const course = courses[at]!;
      const { id, facts } = course;
      if (!isOffered(facts, filter) || settled.has(id)) continue;
      const content = share === 0 ? 0 : share * this.alike(course);
      found.add({ id, score: popular + (place < 0 ? 0 : model!.score(place)) + content });
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

  /** With the courses of the history, 0 to 1. */
  private alike({ vector }: Shelved): number {
    return this.known.length === 0 ? 0 : this.profile.with(vector) / this.totalWeight;
  }

  private popularTerm(at: number): number {
    return this.popularShare * this.shown.popularity[at]!;
  }
}
