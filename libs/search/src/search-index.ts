import { Corpus } from './corpus.js';
import type {
  CourseFacts,
  SearchCursor,
  SearchFilter,
  SearchQuery,
  SearchResult,
  SearchSort,
} from './course-index.js';
import { allFields, namingFields } from './field-weights.js';
import { FactsTable } from './facts-table.js';
import { Finder } from './finder.js';
import { Lexicon } from './lexicon.js';
import { rankedPage } from './ranked-page.js';
import { regionalWords } from './regional-words.js';
import { Synonyms } from './synonyms.js';

/**
 * The courses of a replica, in memory: found, filtered, counted and sorted. What it answers depends on
 * the courses it holds and on nothing else: not on the order they came in, nor on what it held before.
 */
export class SearchIndex {
  private readonly ordinals = new Map<string, number>();
  private readonly ids: string[] = [];
  private readonly free: number[] = [];
  private readonly facts = new FactsTable();
  private readonly corpus: Corpus;
  private readonly finder: Finder;

  /** @param synonyms an operator's; what regions call otherwise is known without */
  constructor(synonyms = new Synonyms()) {
    this.corpus = new Corpus((term) => lexicon.add(term));
    const lexicon = new Lexicon(this.corpus);
    this.finder = new Finder(this.corpus, lexicon, [synonyms, regionalWords()]);
  }

  get size(): number {
    return this.ordinals.size;
  }

  /** A course, new or in place of what it was. @throws RangeError where the document is of another version or cut short */
  put(id: string, document: Uint8Array, facts: CourseFacts): void {
    const known = this.ordinals.get(id);
    const ordinal = known ?? this.free.at(-1) ?? this.ids.length;
    this.corpus.put(ordinal, document);
    this.facts.set(ordinal, facts);
    if (known !== undefined) return;
    if (ordinal < this.ids.length) this.free.pop();
    this.ids[ordinal] = id;
    this.ordinals.set(id, ordinal);
  }

  /** What changes without its text. False where the course is unknown. */
  setFacts(id: string, facts: CourseFacts): boolean {
    const ordinal = this.ordinals.get(id);
    if (ordinal !== undefined) this.facts.set(ordinal, facts);
    return ordinal !== undefined;
  }

  /** Nothing where the course is unknown. */
  remove(id: string): void {
    const ordinal = this.ordinals.get(id);
    if (ordinal === undefined) return;
    this.corpus.remove(ordinal);
    this.facts.clear(ordinal);
    this.ordinals.delete(id);
    this.ids[ordinal] = '';
    this.free.push(ordinal);
  }

  search({ text, filter, sort, limit, after, facets }: SearchQuery): SearchResult {
    const passes = this.facts.matcher(filter);
    const listing = text.trim() === '';
    const { found, relaxed, scoreOf } = listing
      ? { found: this.listed(passes), relaxed: false, scoreOf: () => 0 }
      : this.finder.find(text, this.ids.length, allFields, this.held(passes));
    const order: SearchSort = listing && sort === 'relevance' ? 'newest' : sort;
    const valueOf = (ordinal: number) =>
      order === 'relevance' ? scoreOf(ordinal) : this.facts.sortValue(ordinal, order);
    const ranking = { valueOf, idOf: this.idOf, ascending: order === 'title' };
    const from = after && order === 'relevance' ? this.anchored(after, found, scoreOf) : after;
    const page = rankedPage(found, ranking, limit, from);
    const last = page.ordinals.at(-1);
    return {
      hits: page.ordinals.map((ordinal) => ({ id: this.idOf(ordinal), score: scoreOf(ordinal) })),
      total: found.length,
      relaxed,
      ...(facets && { facets: this.facts.count(found, facets) }),
      next: page.more && last !== undefined ? { value: valueOf(last), id: this.idOf(last) } : null,
    };
  }

  /** Ids of published courses for what is being typed, best first: by what names them, not by what is said of them. */
  suggest(text: string, limit: number, filter: SearchFilter = {}): string[] {
    if (text.trim() === '') return [];
    const passes = this.held(this.facts.matcher({ ...filter, status: ['published'] }));
    const { found, scoreOf } = this.finder.find(text, this.ids.length, namingFields, passes);
    const ranking = { valueOf: scoreOf, idOf: this.idOf, ascending: false };
    const { ordinals } = rankedPage(found, ranking, limit);
    return ordinals.map((ordinal) => this.idOf(ordinal));
  }

  /**
   * Other courses that come and go change every score a little: where the course that a page ended
   * with is still found, the next begins after it as it scores now.
   */
  private anchored(after: SearchCursor, found: Uint32Array, scoreOf: (at: number) => number) {
    const ordinal = this.ordinals.get(after.id);
    const still = ordinal !== undefined && found.includes(ordinal);
    return still ? { value: scoreOf(ordinal), id: after.id } : after;
  }

  private readonly idOf = (ordinal: number): string => this.ids[ordinal] ?? '';

  /** Ordinals that were given back belong to no course. */
  private held(passes: (ordinal: number) => boolean): (ordinal: number) => boolean {
    if (this.free.length === 0) return passes;
    return (ordinal) => this.ids[ordinal] !== '' && passes(ordinal);
  }

  private listed(passes: (ordinal: number) => boolean): Uint32Array {
    const found = new Uint32Array(this.ids.length);
    const held = this.held(passes);
    let count = 0;
    for (let ordinal = 0; ordinal < this.ids.length; ordinal += 1)
      if (held(ordinal)) found[count++] = ordinal;
    return found.subarray(0, count);
  }
}
