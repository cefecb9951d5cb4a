import { compareCodePoints } from './code-points.js';
import type {
  CourseFacts,
  FacetValue,
  SearchFacet,
  SearchFilter,
  SearchSort,
} from './course-index.js';
import { larger } from './term-dictionary.js';

const singles = ['status', 'category', 'level', 'language', 'instructorId'] as const;
type Single = (typeof singles)[number];

/** Numbers for the values of one field, which are few. */
class Values {
  private readonly numbers = new Map<string, number>();
  readonly texts: string[] = [];

  numberOf(value: string): number {
    const known = this.numbers.get(value);
    if (known !== undefined) return known;
    this.numbers.set(value, this.texts.length);
    return this.texts.push(value) - 1;
  }

  find(value: string): number | undefined {
    return this.numbers.get(value);
  }
}

class SingleColumn {
  readonly values = new Values();
  numbers = new Uint32Array(1 << 10);
}

const noTags: readonly number[] = [];

/** Facts of courses by ordinal, in columns. */
export class FactsTable {
  private readonly columns = Object.fromEntries(
    singles.map((name) => [name, new SingleColumn()]),
  ) as Record<Single, SingleColumn>;
  private readonly tagValues = new Values();
  private readonly tags: (readonly number[])[] = [];
  private readonly titles: string[] = [];
  private rating = new Float64Array(1 << 10);
  private newest = new Float64Array(1 << 10);
  private enrolments = new Float64Array(1 << 10);

  set(ordinal: number, facts: CourseFacts): void {
    this.makeRoom(ordinal + 1);
    for (const name of singles) {
      const { values, numbers } = this.columns[name];
      numbers[ordinal] = values.numberOf(facts[name]);
    }
    const tags = [...new Set(facts.tags)].map((tag) => this.tagValues.numberOf(tag));
    this.tags[ordinal] = tags.length === 0 ? noTags : tags;
    this.titles[ordinal] = facts.titleKey;
    this.rating[ordinal] = facts.rating;
    this.newest[ordinal] = facts.newest;
    this.enrolments[ordinal] = facts.enrolments;
  }

  clear(ordinal: number): void {
    this.tags[ordinal] = noTags;
    this.titles[ordinal] = '';
  }

  /** Whether a course passes; made once a query. */
  matcher({ tag, ...fields }: SearchFilter): (ordinal: number) => boolean {
    const tests = singles.flatMap((name) => {
      const wanted = fields[name];
      if (!wanted) return [];
      const { values, numbers } = this.columns[name];
      const allowed = new Uint8Array(values.texts.length);
      for (const value of wanted) allowed[values.find(value) ?? allowed.length] = 1;
      return [(ordinal: number) => allowed[numbers[ordinal] ?? 0] === 1];
    });
    if (tag) {
      const wanted = new Set(tag.map((value) => this.tagValues.find(value)));
      tests.push((ordinal) => (this.tags[ordinal] ?? noTags).some((value) => wanted.has(value)));
    }
    const [first = () => true, second, ...rest] = tests;
    if (!second) return first;
    return (ordinal) => first(ordinal) && second(ordinal) && rest.every((test) => test(ordinal));
  }

  /** What a course is sorted by. */
  sortValue(ordinal: number, sort: Exclude<SearchSort, 'relevance'>): number | string {
    switch (sort) {
      case 'newest':
        return this.newest[ordinal] ?? 0;
      case 'rating':
        return this.rating[ordinal] ?? 0;
      case 'popular':
        return this.enrolments[ordinal] ?? 0;
      case 'title':
        return this.titles[ordinal] ?? '';
    }
  }

  /** Counts in one pass; the most frequent value first, ties in code-point order. */
  count(ordinals: Uint32Array, facets: readonly SearchFacet[]): Map<SearchFacet, FacetValue[]> {
    return new Map(facets.map((facet) => [facet, this.countOne(ordinals, facet)]));
  }

  private countOne(ordinals: Uint32Array, facet: SearchFacet): FacetValue[] {
    const values = facet === 'tag' ? this.tagValues : this.columns[facet].values;
    const counts = new Uint32Array(values.texts.length);
    const count = (value: number) => (counts[value] = (counts[value] ?? 0) + 1);
    if (facet === 'tag') for (const ordinal of ordinals) this.tags[ordinal]?.forEach(count);
    else {
      const { numbers } = this.columns[facet];
      for (const ordinal of ordinals) count(numbers[ordinal] ?? 0);
    }
    return values.texts
      .map((value, number) => ({ value, count: counts[number] ?? 0 }))
      .filter((one) => one.count > 0)
      .sort((one, other) => other.count - one.count || compareCodePoints(one.value, other.value));
  }

  private makeRoom(length: number): void {
    if (length <= this.rating.length) return;
    this.rating = larger(this.rating, length);
    this.newest = larger(this.newest, length);
    this.enrolments = larger(this.enrolments, length);
    for (const name of singles)
      this.columns[name].numbers = larger(this.columns[name].numbers, length);
  }
}
