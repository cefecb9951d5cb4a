import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { AppError } from '#libs/kernel';
import type { CourseListView, ListCoursesQuery } from '#libs/protocol';
import { highlightQuery } from '#libs/search';
import { type CourseCard, DataStore } from '#libs/state';
import { filterOf, mayList, searchOf } from '../domain/query.js';
import type { Reader } from '../domain/visibility.js';
import { listItem } from '../domain/wire.js';
import { CourseIndex } from './course-index.js';
import { ListCursor } from './list-cursor.js';

const position = (value: z.ZodType<string | number>) => z.strictObject({ value, id: z.string() });
const byText = position(z.string());
const byNumber = position(z.number());

export interface Suggestion {
  title: string;
  id: string;
  slug: string;
}

/** Reading the catalogue: lists, searches, facets and suggestions. */
@Injectable()
export class CatalogueService {
  constructor(
    private readonly data: DataStore,
    private readonly index: CourseIndex,
  ) {}

  async list(reader: Reader | undefined, query: ListCoursesQuery): Promise<CourseListView> {
    const filter = filterOf(query);
    if (!mayList(reader, filter)) {
      throw new AppError(
        'forbidden',
        'only administrators list drafts and archived courses, and instructors their own',
      );
    }
    const { text, sort } = searchOf(query);
    const { limit, facets } = query;
    const cursors = new ListCursor([sort, filter, text], sort === 'title' ? byText : byNumber);
    const after = query.cursor === undefined ? undefined : cursors.decode(query.cursor);
    return this.index.answer(async (index) => {
      const found = index.search({
        ...{ text, filter, sort, limit },
        ...(after && { after }),
        ...(facets && { facets }),
      });
      const cards = await this.cards(found.hits.map(({ id }) => id));
      // A card is as new as it can be, and may have left the list since the index was read.
      const shown = cards.filter(({ status }) => filter.status.includes(status));
      return {
        items: shown.map((card) => (text === '' ? listItem(card) : withHighlights(card, text))),
        next: found.next && cursors.encode(found.next),
        total: found.total,
        ...(found.relaxed && { relaxed: true }),
        ...(found.facets && { facets: Object.fromEntries(found.facets) }),
      };
    });
  }

  /** Published courses that complete what is being typed, best first. */
  async suggest(q: string, limit: number): Promise<Suggestion[]> {
    return this.index.answer(async (index) => {
      const cards = await this.cards(index.suggest(q, limit));
      return cards
        .filter(({ status }) => status === 'published')
        .map(({ title, id, slug }) => ({ title, id, slug }));
    });
  }

  /** In the order of their ids. */
  private async cards(ids: readonly string[]): Promise<CourseCard[]> {
    if (ids.length === 0) return [];
    const cards = new Map((await this.data.courses.cards(ids)).map((card) => [card.id, card]));
    return ids.flatMap((id) => cards.get(id) ?? []);
  }
}

function withHighlights(card: CourseCard, text: string) {
  const title = highlightQuery(card.title, text);
  const summary = highlightQuery(card.summary, text);
  const marked = (html: string) => html.includes('<mark>');
  const highlights = { ...(marked(title) && { title }), ...(marked(summary) && { summary }) };
  return { ...listItem(card), ...(Object.keys(highlights).length > 0 && { highlights }) };
}
