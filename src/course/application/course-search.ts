import { Injectable } from '@nestjs/common';
import { rankBm25, tokenize } from '#libs/search';
import { type CourseCard, DataStore } from '#libs/state';
import { type SearchTerms, searchTerms } from '../domain/query.js';

/** Ways to end what is being typed that are looked at. */
const completionCount = 32;
/** Best hits that suggestions are chosen from. */
const candidateCount = 50;

export interface Suggestion {
  title: string;
  id: string;
  slug: string;
}

/** Finding published courses by words. */
@Injectable()
export class CourseSearch {
  constructor(private readonly data: DataStore) {}

  /** Courses with every telling term, best first. */
  async ranked({ all, telling }: SearchTerms): Promise<{ id: string; score: number }[]> {
    const { postings, corpus } = await this.lookUp(all);
    return rankBm25(postings, corpus, telling);
  }

  /** Courses that have every word typed, the last one as a prefix; where it stands in the title comes first. */
  async suggest(q: string, limit: number): Promise<Suggestion[]> {
    const { telling } = searchTerms(q);
    const [typed, words] = [telling.at(-1), telling.slice(0, -1)];
    if (typed === undefined) return [];
    const completions = new Set(await this.data.courses.termsWithPrefix(typed, completionCount));
    const { postings, corpus } = await this.lookUp([...new Set([...words, ...completions])]);
    const completed = new Set(
      postings.filter(({ term }) => completions.has(term)).map(({ id }) => id),
    );
    const ids = rankBm25(postings, corpus, words)
      .map(({ id }) => id)
      .filter((id) => completed.has(id))
      .slice(0, candidateCount);
    const cards = await this.inOrder(ids);
    const inTitle = ({ title }: CourseCard) =>
      tokenize(title).some((term) => completions.has(term));
    return [...cards.filter(inTitle), ...cards.filter((card) => !inTitle(card))]
      .slice(0, limit)
      .map(({ title, id, slug }) => ({ title, id, slug }));
  }

  private async lookUp(terms: readonly string[]) {
    const [found, corpus] = await Promise.all([
      this.data.courses.postings(terms),
      this.data.courses.corpus(),
    ]);
    return { postings: found.map(({ courseId: id, ...rest }) => ({ ...rest, id })), corpus };
  }

  private async inOrder(ids: readonly string[]): Promise<CourseCard[]> {
    const cards = new Map((await this.data.courses.cards(ids)).map((card) => [card.id, card]));
    return ids.flatMap((id) => cards.get(id) ?? []);
  }
}
