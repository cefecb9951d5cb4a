import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeDocument, SearchIndex, type SearchFilter } from '#libs/search';
import { catalogue, type GeneratedCourse } from './catalogue.js';

interface Case {
  kind: string;
  q: string;
  filter?: SearchFilter;
  /** The course that is wanted: what its title has, and has not, and what else is so. */
  want: { title: string[]; without?: string[]; level?: string; language?: string; tag?: string };
}

const cases = readFileSync(join(__dirname, 'cases.ndjson'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Case);

const has = (text: string, part: string) => text.toLowerCase().includes(part.toLowerCase());

const isWanted = (
  { title, level, language, tags, facts }: GeneratedCourse,
  { want }: Case,
): boolean =>
  facts.status === 'published' &&
  want.title.every((part) => has(title, part)) &&
  !want.without?.some((part) => has(title, part)) &&
  (want.level ?? level) === level &&
  (want.language ?? language) === language &&
  (want.tag === undefined || tags.includes(want.tag));

describe('a search among 10,000 courses', () => {
  const index = new SearchIndex();
  const courses = new Map<string, GeneratedCourse>();
  for (const course of catalogue(10_000)) {
    courses.set(course.id, course);
    index.put(course.id, encodeDocument(course), course.facts);
  }
  const top = ({ q, filter }: Case): GeneratedCourse[] =>
    index
      .search({
        text: q,
        filter: { ...filter, status: ['published'] },
        sort: 'relevance',
        limit: 3,
      })
      .hits.flatMap(({ id }) => courses.get(id) ?? []);

  it('has at least 150 cases, each of a course that there is', () => {
    expect(cases.length).toBeGreaterThanOrEqual(150);
    const all = [...courses.values()];
    const impossible = cases.filter((one) => !all.some((course) => isWanted(course, one)));
    expect(impossible.map(({ q }) => q)).toEqual([]);
  });

  it('has the wanted course among the first three in at least 95 of 100', () => {
    const missed = cases
      .map((one) => ({ one, found: top(one) }))
      .filter(({ one, found }) => !found.some((course) => isWanted(course, one)))
      .map(
        ({ one, found }) =>
          `${one.kind}: ${one.q} → ${found.map(({ title }) => title).join(' | ') || 'nothing'}`,
      );
    const share = 1 - missed.length / cases.length;
    if (share < 0.95) expect(missed).toEqual([]);
    expect(share).toBeGreaterThanOrEqual(0.95);
  });

  it('shows nothing that is not wanted', () => {
    const wrong = cases.filter((one) =>
      top(one).some(({ title }) => one.want.without?.some((part) => has(title, part))),
    );
    expect(wrong.map(({ q }) => q)).toEqual([]);
  });
});
