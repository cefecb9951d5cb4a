import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { AppError } from '#libs/kernel';
import type { CourseListView, ListCoursesQuery } from '#libs/protocol';
import { highlight } from '#libs/search';
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
import { filterOf, mayList, type SearchTerms, searchTerms } from '../domain/query.js';
import type { Reader } from '../domain/visibility.js';
import { listItem } from '../domain/wire.js';
import { CourseSearch } from './course-search.js';
import { ListCursor } from './list-cursor.js';

const position = (value: z.ZodType<string | number>) => z.strictObject({ value, id: z.string() });
const byText = position(z.string());
const byNumber = position(z.number());

/** Reading the catalogue: lists and searches, with facets. */
@Injectable()
export class CatalogueService {
  constructor(
    private readonly data: DataStore,
    private readonly courses: CourseSearch,
  ) {}

  async list(reader: Reader | undefined, query: ListCoursesQuery): Promise<CourseListView> {
    const filter = filterOf(query);
    if (!mayList(reader, filter)) {
      throw new AppError(
        'forbidden',
        'only administrators list drafts and archived courses, and instructors their own',
      );
    }
    return query.q?.trim()
      ? this.search(searchTerms(query.q), filter, query)
      : this.browse(filter, query);
  }

  private async browse(filter: CourseFilter, query: ListCoursesQuery): Promise<CourseListView> {
    const { limit, cursor, facets } = query;
    const sort = query.sort === 'relevance' ? 'newest' : (query.sort ?? 'newest');
    const cursors = new ListCursor([sort, filter], sort === 'title' ? byText : byNumber);
    const after = cursor === undefined ? undefined : cursors.decode(cursor);
    const [{ items, next }, total, counted] = await Promise.all([
      this.data.courses.list({ filter, sort, limit, ...(after && { after }) }),
      this.data.courses.count(filter),
      facets ? this.data.courses.facets(filter, facets) : undefined,
    ]);
    return {
      items: items.map(listItem),
      next: next && cursors.encode(next),
      total,
      ...(counted && { facets: Object.fromEntries(counted) }),
    };
  }

  private async search(
    terms: SearchTerms,
    filter: CourseFilter,
    { q, sort = 'relevance', limit, cursor, facets }: ListCoursesQuery,
  ): Promise<CourseListView> {
    const scores = new Map((await this.courses.ranked(terms)).map(({ id, score }) => [id, score]));
    const cards = (await this.data.courses.cards([...scores.keys()])).filter((card) =>
      matchesFilter(card, filter),
    );
    const value = (card: CourseCard) =>
      sort === 'relevance' ? (scores.get(card.id) ?? 0) : sortValue(card, sort);
    const compare = (one: SortKey, other: SortKey) => compareSortKeys(sort, one, other);
    const cursors = new ListCursor([sort, filter, q], sort === 'title' ? byText : byNumber);
    const after = cursor === undefined ? undefined : cursors.decode(cursor);
    const rest = cards
      .map((card) => ({ card, key: { value: value(card), id: card.id } }))
      .filter(({ key }) => !after || compare(key, after) > 0)
      .sort((one, other) => compare(one.key, other.key));
    const shown = rest.slice(0, limit);
    const last = rest.length > limit ? shown.at(-1)?.key : undefined;
    return {
      items: shown.map(({ card }) => withHighlights(card, terms)),
      next: last ? cursors.encode(last) : null,
      total: cards.length,
      ...(facets && {
        facets: Object.fromEntries(facets.map((field) => [field, countFacet(cards, field)])),
      }),
    };
  }
}

function withHighlights(card: CourseCard, { telling }: SearchTerms) {
  const title = highlight(card.title, telling);
  const summary = highlight(card.summary, telling);
  const marked = (text: string) => text.includes('<mark>');
  const highlights = { ...(marked(title) && { title }), ...(marked(summary) && { summary }) };
  return { ...listItem(card), ...(Object.keys(highlights).length > 0 && { highlights }) };
}
