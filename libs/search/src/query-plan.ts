import type { Corpus } from './corpus.js';
import type { Lexicon } from './lexicon.js';
import type { Writing } from './pinyin-index.js';
import { allFields, namingFields } from './field-weights.js';
import { areInitials, isSyllable, syllablesOf } from './pinyin.js';
import { type Clause, fillerBits, type ParsedQuery } from './query-parser.js';
import type { Synonyms } from './synonyms.js';
import { TermKind } from './term-dictionary.js';
import { partMark } from './word-terms.js';

/** A way to satisfy (part of) a clause: all of its terms. */
export interface Matcher {
  terms: number[];
  /** What of the clause it covers: a bit for a word, or for each character of a run. */
  bits: number;
  weight: number;
  /** The terms follow one another in one field. */
  adjacent: boolean;
  /** Counts only where the bits are not covered yet and half of the clause is. */
  filling: boolean;
  /** Where it counts, a bit a field. */
  fields: number;
}

export interface PlannedClause {
  matchers: Matcher[];
  /** All bits there are to cover, and those that are covered by saying nothing. */
  full: number;
  given: number;
  /** A course may do without it. */
  optional: boolean;
  /** How many courses a matcher's rarity is measured by, at the least. */
  frequency: number;
}

/** What a match that is not exact counts. */
const weights = {
  synonym: 0.9,
  stem: 0.85,
  together: 0.8,
  part: 0.6,
  prefix: 0.5,
  split: 0.45,
  typo: [1, 0.35, 0.25],
  typoPrefix: 0.22,
  homophone: 0.35,
  character: 0.12,
  pinyin: 0.2,
  begunPinyin: 0.15,
};

/** With as few courses found by a word as it is written, it may be mistyped. */
const fewCourses = 3;
const homophonesMost = 6;
const synonymWords = 8;

/** Turns what was asked into terms of the corpus. */
export class QueryPlanner {
  constructor(
    private readonly corpus: Corpus,
    private readonly lexicon: Lexicon,
    private readonly synonyms: readonly Synonyms[],
  ) {}

  /** @param forgiving also what was meant where it was mistyped, though courses have it as it is written */
  wanted({ wanted, open }: ParsedQuery, forgiving: boolean): PlannedClause[] {
    const planned = wanted.map((clause, at) => {
      const last = open && at === wanted.filter(({ kind }) => kind !== 'phrase').length - 1;
      if (clause.kind === 'phrase') return this.phrase(clause);
      return clause.kind === 'run'
        ? this.run(clause, forgiving)
        : this.word(clause, last, forgiving);
    });
    this.addSynonyms(wanted, planned);
    this.addTogether(wanted, planned);
    return planned.map((clause, at) => ({ ...clause, optional: wanted[at]?.optional ?? false }));
  }

  /** What a course must not have: as it is written, or in another form of the word. */
  unwanted({ unwanted }: ParsedQuery): PlannedClause[] {
    return unwanted.map((clause) => {
      const planned = this.phrase(clause);
      const [only, ...more] = clause.terms;
      if (only && more.length === 0 && !only.gram)
        for (const term of this.lexicon.withStem(only.term))
          planned.matchers.push(matcher([term], 1, weights.stem));
      return planned;
    });
  }

  private phrase({ terms }: Clause): PlannedClause {
    const found = this.termsInOrder(terms.map(({ term }) => term));
    return this.clause(found ? [matcher(found, 1, 1, found.length > 1)] : [], 1);
  }

  private word(clause: Clause, last: boolean, forgiving: boolean): PlannedClause {
    const [first, ...more] = clause.terms;
    const word = first && more.length === 0 ? first.term : undefined;
    const matchers = word === undefined ? this.parted(clause) : this.plain(word, clause.aliases);
    const typed = word ?? clause.terms.map(({ term }) => term).join('');
    if (last) matchers.push(...this.single(this.lexicon.withPrefix(typed), weights.prefix));
    const exact = matchers.reduce((sum, { terms }) => sum + this.rarest(terms), 0);
    const frequency = Math.max(0, ...matchers.map(({ terms }) => this.rarest(terms)));
    const few = forgiving || exact < fewCourses;
    if (few) matchers.push(...this.mistyped(typed, last));
    const pinyin = this.inPinyin(typed, last, few);
    const spelledIn = Math.max(0, ...pinyin.map(({ terms }) => this.rarest(terms)));
    return {
      ...this.clause([...matchers, ...pinyin], 1),
      // Of what sounds alike, the rarer is not what tells more.
      frequency: frequency || (matchers.length === 0 ? spelledIn : 0),
    };
  }

  private plain(word: string, aliases: readonly string[]): Matcher[] {
    const parts = aliases.map((alias) => alias.replace(partMark, ''));
    const apart = parts.length === 2 ? this.known(parts) : undefined;
    return [
      ...this.single([this.corpus.dictionary.find(word)], 1),
      ...this.single(this.lexicon.withStem(word), weights.stem),
      ...this.single([this.corpus.dictionary.find(word + partMark)], weights.part),
      ...(apart ? [matcher(apart, 1, weights.together, true)] : []),
    ];
  }

  /** node.js: joined, or one part after the other. */
  private parted({ terms, aliases }: Clause): Matcher[] {
    const parts = this.known(terms.map(({ term }) => term));
    return [
      ...this.single(
        aliases.map((alias) => this.corpus.dictionary.find(alias)),
        1,
      ),
      ...(parts ? [matcher(parts, 1, weights.together, true)] : []),
    ];
  }

  private mistyped(word: string, last: boolean): Matcher[] {
    const split = this.lexicon.split(word);
    const near = this.lexicon.near(word, false);
    const begun = last && near.length === 0 ? this.lexicon.near(word, true) : [];
    return [
      ...(split ? [matcher(split, 1, weights.split, true)] : []),
      ...near.map(({ term, edits }) => matcher([term], 1, weights.typo[edits] ?? 0)),
      ...begun.map(({ term, edits }) => matcher([term], 1, weights.typoPrefix / edits)),
    ];
  }

  /** A run is covered by its pairs; where one is unknown, by what sounds like it, or character by character. */
  private run(clause: Clause, forgiving: boolean): PlannedClause {
    const characters = clause.terms.map(({ term }) => term);
    const matchers: Matcher[] = [];
    const { dictionary } = this.corpus;
    for (let at = 0; at + 1 < characters.length; at += 1) {
      const pair = `${characters[at]}${characters[at + 1]}`;
      const found = this.single([dictionary.find(pair)], 1, 3 << at);
      matchers.push(...found);
      if (found.length === 0)
        matchers.push(...this.single(this.soundingLike(pair), weights.homophone, 3 << at));
    }
    const alone = characters.length === 1;
    if (alone || forgiving)
      for (const [at, character] of characters.entries())
        matchers.push(
          ...this.single([dictionary.find(character)], alone ? 1 : weights.character, 1 << at).map(
            (one) => ({ ...one, filling: !alone }),
          ),
        );
    const planned = this.clause(matchers, (1 << characters.length) - 1);
    return { ...planned, given: fillerBits(clause) };
  }

  private soundingLike(pair: string): number[] {
    const { pinyin } = this.lexicon;
    return this.lexicon.frequentFirst(pinyin.homophones(pair)).slice(0, homophonesMost);
  }

  private inPinyin(typed: string, last: boolean, few: boolean): Matcher[] {
    if (!/^[a-z]{2,}$/.test(typed)) return [];
    const { pinyin } = this.lexicon;
    const read = (open: boolean) =>
      syllablesOf(typed, open)
        .filter((units) => units.length > 1 || few)
        .flatMap((units) => pinyin.written(units, (at) => open && at === units.length - 1));
    const whole = read(false);
    if (whole.length > 0 || !few) return spelled(whole, weights.pinyin);
    const begun = last ? read(true) : [];
    const initials = begun.length === 0 && areInitials(typed);
    const ways = initials ? pinyin.written(Array.from(typed), () => true) : begun;
    return spelled(ways, weights.begunPinyin);
  }

  private addSynonyms(clauses: readonly Clause[], planned: PlannedClause[]): void {
    const places = placesOf(clauses);
    for (let start = 0; start < places.length; start += 1)
      for (let end = start + 1; end <= Math.min(places.length, start + synonymWords); end += 1) {
        const window = places.slice(start, end);
        const said = window.map(({ term }) => term);
        for (const { terms, weight } of this.synonyms.flatMap((words) => words.of(said))) {
          const found = this.termsInOrder(terms);
          if (found) this.attach(planned, window, found, weight * weights.synonym);
        }
      }
  }

  /** Neighbours that are one word (java script, vue 3), or pinyin with spaces in it. */
  private addTogether(clauses: readonly Clause[], planned: PlannedClause[]): void {
    const words = placesOf(clauses).filter(({ gram }) => !gram);
    for (const [at, place] of words.entries()) {
      const next = words[at + 1];
      if (next?.clause !== place.clause + 1) continue;
      const both = this.corpus.dictionary.find(place.term + next.term);
      if (this.corpus.documentFrequency(both) > 0)
        this.attach(planned, [place, next], [both], weights.together);
    }
    const syllables = words.filter(({ term }) => isSyllable(term));
    if (syllables.length < 2 || syllables.length < words.length) return;
    const units = syllables.map(({ term }) => term);
    const ways = this.lexicon.pinyin.written(units, () => false);
    for (const { terms, weight } of spelled(ways, weights.pinyin))
      this.attach(planned, syllables, terms, weight, namingFields);
  }

  private attach(
    planned: PlannedClause[],
    places: Place[],
    terms: number[],
    weight: number,
    fields = allFields,
  ): void {
    for (const at of new Set(places.map(({ clause }) => clause))) {
      const bits = places.reduce((all, { clause, bit }) => (clause === at ? all | bit : all), 0);
      planned[at]?.matchers.push({ ...matcher(terms, bits, weight, terms.length > 1), fields });
    }
  }

  /** Words and pairs of characters of a text; undefined where the corpus lacks one. */
  private termsInOrder(terms: readonly string[]): number[] | undefined {
    const { dictionary } = this.corpus;
    const names: string[] = [];
    const isCharacter = (term: string | undefined) =>
      term !== undefined && dictionary.kind(dictionary.find(term)) === TermKind.character;
    for (const [at, term] of terms.entries()) {
      const next = terms[at + 1];
      const inPair = isCharacter(term) && isCharacter(terms[at - 1]);
      if (isCharacter(term) && isCharacter(next)) names.push(`${term}${next}`);
      else if (!inPair) names.push(term);
    }
    return this.known(names);
  }

  private known(names: readonly string[]): number[] | undefined {
    const found = names.map((name) => this.corpus.dictionary.find(name));
    return found.every((term) => this.corpus.documentFrequency(term) > 0) ? found : undefined;
  }

  private single(terms: readonly number[], weight: number, bits = 1): Matcher[] {
    return terms
      .filter((term) => this.corpus.documentFrequency(term) > 0)
      .map((term) => matcher([term], bits, weight));
  }

  private rarest(terms: readonly number[]): number {
    return Math.min(...terms.map((term) => this.corpus.documentFrequency(term)));
  }

  private clause(matchers: Matcher[], full: number): PlannedClause {
    return { matchers, full, given: 0, optional: false, frequency: 0 };
  }
}

function matcher(terms: number[], bits: number, weight: number, adjacent = false): Matcher {
  return { terms, bits, weight, adjacent, filling: false, fields: allFields };
}

/** Characters for what was spelled, each as likely as it is beside the likeliest; only in what names a course. */
function spelled(ways: readonly Writing[], weight: number): Matcher[] {
  const likeliest = Math.max(...ways.map(({ likelihood }) => likelihood));
  return ways.map(({ terms, likelihood }) => ({
    ...matcher(terms, 1, weight * Math.sqrt(likelihood / likeliest), terms.length > 1),
    fields: namingFields,
  }));
}

interface Place {
  clause: number;
  bit: number;
  term: string;
  gram: boolean;
}

/** The terms of unquoted clauses, and what of its clause each covers. */
const placesOf = (clauses: readonly Clause[]): Place[] =>
  clauses.flatMap(({ kind, terms }, clause) =>
    kind === 'phrase'
      ? []
      : terms.map(({ term, gram }, at) => ({
          clause,
          bit: kind === 'run' ? 1 << at : 1,
          term,
          gram,
        })),
  );
