import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { AppError } from '#libs/kernel';
import type { CourseListView, ListCoursesQuery } from '#libs/protocol';
import { highlight, rankBm25 } from '#libs/search';
import {
  compareSortKeys,
  type CourseCard,
  countFacet,
  type CourseFilter,
  DataStore,
  matchesFilter,
  type SortKey,
  sortValue,
} from '#libs/state';
import { decodeCursor, encodeCursor } from '../../platform/http/cursor.js';
import { filterOf, mayList, type SearchTerms, searchTerms } from '../domain/query.js';
import type { Reader } from '../domain/visibility.js';
import { listItem } from '../domain/wire.js';

/** A cursor is good for the list it came from: `s` is its sort, `k` and `i` the last item's key. */
const cursorSchema = z.strictObject({
  s: z.string(),
  k: z.union([z.string(), z.number()]),
  i: z.string(),
});

interface Found {
  card: CourseCard;
  score: number;
}

/** Reading the catalogue: lists, searches, facets, suggestions. */
@Injectable()
export class CatalogueService {
  constructor(private readonly data: DataStore) {}

  async list(reader: Reader | undefined, query: ListCoursesQuery): Promise<CourseListView> {
    const filter = filterOf(query);
    if (!mayList(reader, filter)) {
      throw new AppError(
        'forbidden',
        'only administrators list drafts and archived courses, and instructors their own',
      );
    }
    const terms = query.q === undefined ? undefined : searchTerms(query.q);
    if (terms && terms.all.length > 0) return this.search(terms, filter, query);
    return this.browse(filter, query);
  }

  /** Titles that complete what is being typed: every whole word, and the last as a prefix. */
  async suggest(q: string, limit: number): Promise<{ title: string; id: string; slug: string }[]> {
    const { telling } = searchTerms(q);
    const last = telling.at(-1);
    if (last === undefined) return [];
    const completions = await this.data.courses.termsWithPrefix(last, 20);
    const ids = await Promise.all(
      [last, ...completions].map((word) =>
        this.ranked({
          all: [...telling.slice(0, -1), word],
          telling: [...telling.slice(0, -1), word],
        }),
      ),
    );
    const best = new Map<string, number>();
    for (const { id, score } of ids.flat()) best.set(id, Math.max(best.get(id) ?? 0, score));
    const order = [...best]
      .sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1))
      .slice(0, limit);
    const cards = new Map(
      (await this.data.courses.cards(order.map(([id]) => id))).map((card) => [card.id, card]),
    );
    return order.flatMap(([id]) => {
      const card = cards.get(id);
      return card ? [{ title: card.title, id, slug: card.slug }] : [];
    });
  }

  private async browse(
    filter: CourseFilter,
    { sort = 'newest', limit, cursor, facets }: ListCoursesQuery,
  ): Promise<CourseListView> {
    const by = sort === 'relevance' ? 'newest' : sort;
    const after = cursor === undefined ? undefined : sortKeyOf(cursor, by);
    const [{ items, next }, total, counted] = await Promise.all([
      this.data.courses.list({ filter, sort: by, limit, ...(after && { after }) }),
      this.data.courses.count(filter),
      facets ? this.data.courses.facets(filter, facets) : undefined,
    ]);
    return {
      items: items.map(listItem),
      next: next && encodeCursor({ s: by, k: next.value, i: next.id }),
      total,
      ...(counted && { facets: Object.fromEntries(counted) }),
    };
  }

  private async search(
    terms: SearchTerms,
    filter: CourseFilter,
    query: ListCoursesQuery,
  ): Promise<CourseListView> {
    const { sort = 'relevance', limit, cursor, facets } = query;
    const ranked = await this.ranked(terms);
    const scores = new Map(ranked.map(({ id, score }) => [id, score]));
    const cards = (await this.data.courses.cards([...scores.keys()])).filter((card) =>
      matchesFilter(card, filter),
    );
    const found: Found[] = cards.map((card) => ({ card, score: scores.get(card.id) ?? 0 }));
    const value = ({ card, score }: Found) =>
      sort === 'relevance' ? score : sortValue(card, sort);
    const compare = (one: SortKey, other: SortKey) => compareSortKeys(sort, one, other);
    const after = cursor === undefined ? undefined : sortKeyOf(cursor, sort);
    const keyed = found.map((entry) => ({
      ...entry,
      key: { value: value(entry), id: entry.card.id },
    }));
    const rest = keyed
      .filter(({ key }) => !after || compare(key, after) > 0)
      .sort((one, other) => compare(one.key, other.key));
    const shown = rest.slice(0, limit);
    const last = rest.length > limit ? shown.at(-1)?.key : undefined;
    return {
      items: shown.map(({ card }) => withHighlights(card, terms)),
      next: last ? encodeCursor({ s: sort, k: last.value, i: last.id }) : null,
      total: found.length,
      ...(facets && {
        facets: Object.fromEntries(facets.map((field) => [field, countFacet(cards, field)])),
      }),
    };
  }

  private async ranked({ all, telling }: SearchTerms): Promise<{ id: string; score: number }[]> {
    const [postings, corpus] = await Promise.all([
      this.data.courses.postings(all),
      this.data.courses.corpus(),
    ]);
    return rankBm25(
      postings.map(({ courseId, ...rest }) => ({ ...rest, id: courseId })),
      corpus,
      telling,
    );
  }
}

function sortKeyOf(cursor: string, sort: string): SortKey {
  const { s, k, i } = decodeCursor(cursor, cursorSchema);
  if (s !== sort || (typeof k === 'string') !== (sort === 'title')) {
    throw new AppError('bad_cursor', 'the cursor is of a list in another order; start without it');
  }
  return { value: k, id: i };
}

function withHighlights(card: CourseCard, { telling }: SearchTerms) {
  const title = highlight(card.title, telling);
  const summary = highlight(card.summary, telling);
  const marked = (text: string) => text.includes('<mark>');
  return {
    ...listItem(card),
    highlights: { ...(marked(title) && { title }), ...(marked(summary) && { summary }) },
  };
}
