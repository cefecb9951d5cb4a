import { compareCodePoints } from './code-points.js';
import type {
  CourseFacts,
  FacetValue,
  SearchCursor,
  SearchFacet,
  SearchFilter,
  SearchQuery,
  SearchResult,
} from './course-index.js';
import { decodeDocument } from './search-document.js';
import { Synonyms } from './synonyms.js';
import { tokenize } from './tokenizer.js';

interface Entry {
  facts: CourseFacts;
  terms: Map<string, number>;
}

/** Weights of title, tags, instructor, category, summary and description. */
const weights = [5, 3, 3, 2, 2, 1];

/** Published and unpublished courses of a replica, in memory: found, filtered, counted and sorted. */
export class SearchIndex {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly synonyms = new Synonyms()) {}

  get size(): number {
    return this.entries.size;
  }

  /** A course, new or in place of what it was. @throws RangeError where the document is of another version */
  put(id: string, document: Uint8Array, facts: CourseFacts): void {
    const terms = new Map<string, number>();
    for (const [field, tokens] of decodeDocument(document).entries())
      for (const term of tokens) terms.set(term, (terms.get(term) ?? 0) + (weights[field] ?? 1));
    this.entries.set(id, { facts, terms });
  }

  /** What changes without its text. False where the course is unknown. */
  setFacts(id: string, facts: CourseFacts): boolean {
    const entry = this.entries.get(id);
    if (entry) entry.facts = facts;
    return entry !== undefined;
  }

  remove(id: string): void {
    this.entries.delete(id);
  }

  search(query: SearchQuery): SearchResult {
    const { text, filter, limit, after, facets } = query;
    const groups = tokenize(text).map((term) => [
      term,
      ...this.synonyms.of(term).flatMap(tokenize),
    ]);
    const sort = query.sort === 'relevance' && groups.length === 0 ? 'newest' : query.sort;
    const scored = [...this.entries]
      .filter(([, { facts }]) => matches(facts, filter))
      .map(([id, { facts, terms }]) => {
        const found = groups.map((group) => Math.max(...group.map((term) => terms.get(term) ?? 0)));
        const score = found.reduce((sum, tf) => sum + tf / (tf + 1.2), 0);
        return { id, score, facts, missing: found.filter((tf) => tf === 0).length };
      });
    const all = scored.filter(({ missing }) => missing === 0);
    const relaxed = all.length === 0;
    const found = relaxed ? scored.filter(({ missing }) => missing * 2 < groups.length) : all;
    const sorted = found
      .map(({ id, score, facts }) => ({
        id,
        score,
        facts,
        value: sort === 'relevance' ? score : sort === 'title' ? facts.titleKey : facts[key[sort]],
      }))
      .sort((one, other) => compare(sort === 'title', one, other));
    const rest = after ? sorted.filter((one) => compare(sort === 'title', one, after) > 0) : sorted;
    const page = rest.slice(0, limit);
    const last = page.at(-1);
    return {
      hits: page.map(({ id, score }) => ({ id, score })),
      total: sorted.length,
      relaxed: relaxed && sorted.length > 0,
      ...(facets && { facets: counted(sorted, facets) }),
      next: last && rest.length > limit ? { value: last.value, id: last.id } : null,
    };
  }

  /** Ids of published courses for what is being typed, best first. */
  suggest(text: string, limit: number, filter: SearchFilter = {}): string[] {
    const published = { ...filter, status: ['published'] };
    const { hits } = this.search({ text, filter: published, sort: 'relevance', limit });
    return hits.map(({ id }) => id);
  }
}

const key = { newest: 'newest', rating: 'rating', popular: 'enrolments' } as const;

function matches(facts: CourseFacts, { tag, ...fields }: SearchFilter): boolean {
  const names = Object.keys(fields) as (keyof typeof fields)[];
  return (
    names.every((name) => fields[name]?.includes(facts[name]) ?? true) &&
    (tag?.some((one) => facts.tags.includes(one)) ?? true)
  );
}

function compare(ascending: boolean, one: SearchCursor, other: SearchCursor): number {
  const byValue =
    typeof one.value === 'string'
      ? compareCodePoints(one.value, String(other.value))
      : one.value - Number(other.value);
  return (ascending ? byValue : -byValue) || compareCodePoints(one.id, other.id);
}

function counted(found: { facts: CourseFacts }[], fields: readonly SearchFacet[]) {
  const count = (field: SearchFacet): FacetValue[] => {
    const counts = new Map<string, number>();
    for (const { facts } of found)
      for (const value of field === 'tag' ? new Set(facts.tags) : [facts[field]])
        counts.set(value, (counts.get(value) ?? 0) + 1);
    return [...counts]
      .map(([value, count]) => ({ value, count }))
      .sort((one, other) => other.count - one.count || compareCodePoints(one.value, other.value));
  };
  return new Map(fields.map((field) => [field, count(field)]));
}
