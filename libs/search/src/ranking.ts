import { tokenize } from './tokenizer.js';

export interface Posting {
  term: string;
  id: string;
  frequency: number;
  /** The document's length in tokens. */
  length: number;
}

export interface Corpus {
  documents: number;
  totalLength: number;
}

export interface Terms {
  frequencies: Map<string, number>;
  length: number;
}

/** How often each term stands in a document made of these texts. */
export function termsOf(texts: readonly string[]): Terms {
  const frequencies = new Map<string, number>();
  let length = 0;
  for (const term of texts.flatMap(tokenize)) {
    frequencies.set(term, (frequencies.get(term) ?? 0) + 1);
    length += 1;
  }
  return { frequencies, length };
}

const k1 = 1.2;
const b = 0.75;

/**
 * Okapi BM25 (Robertson and Zaragoza, 2009) over postings of the query's terms:
 * Σ idf(t) · tf·(k1+1) / (tf + k1·(1 − b + b·length/average)), idf = ln(1 + (N − df + ½)/(df + ½)).
 * Best first, ties by id; only documents with every term of `required`.
 */
export function rankBm25(
  postings: readonly Posting[],
  corpus: Corpus,
  required: readonly string[] = [],
): { id: string; score: number }[] {
  const documentFrequency = new Map<string, number>();
  for (const { term } of postings)
    documentFrequency.set(term, (documentFrequency.get(term) ?? 0) + 1);
  const average = corpus.documents > 0 ? Math.max(1, corpus.totalLength / corpus.documents) : 1;
  const found = new Map<string, { score: number; terms: Set<string> }>();
  // Sums of floating-point numbers depend on their order: take terms in one order on every store.
  const ordered = [...postings].sort((x, y) => (x.term < y.term ? -1 : x.term > y.term ? 1 : 0));
  for (const { term, id, frequency, length } of ordered) {
    const df = documentFrequency.get(term) ?? 1;
    const idf = Math.log(1 + Math.max(0, corpus.documents - df + 0.5) / (df + 0.5));
    const weight = (frequency * (k1 + 1)) / (frequency + k1 * (1 - b + (b * length) / average));
    const entry = found.get(id) ?? { score: 0, terms: new Set<string>() };
    entry.score += idf * weight;
    entry.terms.add(term);
    found.set(id, entry);
  }
  return [...found]
    .filter(([, { terms }]) => required.every((term) => terms.has(term)))
    .map(([id, { score }]) => ({ id, score }))
    .sort((x, y) => y.score - x.score || (x.id < y.id ? -1 : 1));
}
