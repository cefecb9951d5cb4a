import fc from 'fast-check';
import {
  type CourseFacts,
  encodeDocument,
  SearchIndex,
  type SearchCursor,
  type SearchQuery,
  type SearchSort,
} from './index.js';

const words = [
  'python',
  'pythons',
  'java',
  '数据',
  '分析',
  '入门',
  'C++',
  'node.js',
  '计算机',
  'é',
  ' ',
];
const texts = fc
  .array(fc.constantFrom(...words, 'pyhton', 'x', '，'), { maxLength: 8 })
  .map((parts) => parts.join(' ').replaceAll(/ (?=[数分入计])/g, ''));
const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', '\ue000', '😀');

const courses = fc.record({
  text: fc.record({
    title: texts,
    tags: fc.array(texts, { maxLength: 3 }),
    instructor: texts,
    category: texts,
    summary: texts,
    description: texts,
  }),
  facts: fc.record({
    status: fc.constantFrom('published', 'draft'),
    category: fc.constantFrom('tech', 'art'),
    level: fc.constantFrom('beginner', 'advanced'),
    language: fc.constantFrom('zh', 'en'),
    instructorId: fc.constantFrom('i', 'j'),
    tags: fc.array(fc.constantFrom('t', 'u', 'v'), { maxLength: 3 }),
    rating: fc.constantFrom(3, 4.5),
    enrolments: fc.nat(3),
    newest: fc.nat(3),
    titleKey: fc.constantFrom('x', 'y', '😀', '\ue000'),
  }),
});
const steps = fc.array(fc.record({ id: ids, course: fc.option(courses, { freq: 4 }) }), {
  maxLength: 40,
});
const sorts: SearchSort[] = ['relevance', 'newest', 'rating', 'popular', 'title'];
const queries = fc.record({
  text: fc.oneof(
    texts,
    fc.constantFrom('', 'pyton', 'jisuanji', 'jsj', '"数据 分析"', '-java', '计算', 'p'),
  ),
  filter: fc.record(
    { status: fc.constant(['published']), tag: fc.constantFrom(['t'], ['u', 'v']) },
    { requiredKeys: [] },
  ),
  sort: fc.constantFrom(...sorts),
  limit: fc.integer({ min: 1, max: 5 }),
});

type Course = { text: Parameters<typeof encodeDocument>[0]; facts: CourseFacts };

function run(list: readonly { id: string; course: Course | null }[]) {
  const index = new SearchIndex();
  const left = new Map<string, Course>();
  for (const { id, course } of list) {
    if (course) {
      index.put(id, encodeDocument(course.text), course.facts);
      left.set(id, course);
    } else {
      index.remove(id);
      left.delete(id);
    }
  }
  return { index, left };
}

describe('a search index', () => {
  it('answers as one that was just filled, whatever was put in, replaced and taken out before', () => {
    fc.assert(
      fc.property(steps, fc.array(queries, { minLength: 5, maxLength: 5 }), (list, asked) => {
        const { index, left } = run(list);
        const fresh = run([...left].reverse().map(([id, course]) => ({ id, course }))).index;
        expect(index.size).toBe(left.size);
        for (const query of asked) {
          const all: SearchQuery = { ...query, facets: ['category', 'tag'] };
          expect(index.search(all)).toEqual(fresh.search(all));
          expect(index.suggest(query.text, 5)).toEqual(fresh.suggest(query.text, 5));
        }
      }),
    );
  });

  it('gives in pages what it gives whole', () => {
    fc.assert(
      fc.property(steps, queries, (list, query) => {
        const { index } = run(list);
        const whole = index.search({ ...query, limit: 100 });
        expect(whole.next).toBeNull();
        expect(whole.total).toBe(whole.hits.length);
        const paged: typeof whole.hits = [];
        let after: SearchCursor | null | undefined = whole.hits.length > 0 ? undefined : null;
        while (after !== null) {
          const page = index.search({ ...query, ...(after && { after }) });
          expect(page.hits.length).toBeGreaterThan(0);
          paged.push(...page.hits);
          after = page.next;
        }
        expect(paged).toEqual(whole.hits);
      }),
    );
  });

  it('filters and counts as one does by hand', () => {
    fc.assert(
      fc.property(steps, queries, (list, { filter }) => {
        const { index, left } = run(list);
        const right = [...left].filter(
          ([, { facts }]) =>
            (!filter.status || facts.status === 'published') &&
            (filter.tag?.some((tag) => facts.tags.includes(tag)) ?? true),
        );
        const found = index.search({
          text: '',
          filter,
          sort: 'title',
          limit: 100,
          facets: ['tag'],
        });
        expect(new Set(found.hits.map(({ id }) => id))).toEqual(new Set(right.map(([id]) => id)));
        const count = (tag: string) =>
          right.filter(([, { facts }]) => facts.tags.includes(tag)).length;
        for (const { value, count: counted } of found.facets?.get('tag') ?? [])
          expect(counted).toBe(count(value));
      }),
    );
  });
});
