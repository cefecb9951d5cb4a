import {
  AlreadyExists,
  type CourseContent,
  type CourseSort,
  type CourseTerms,
  type DataStore,
  NoSuchRecord,
  type SortKey,
  VersionConflict,
} from '#libs/state';
import { content, terms } from './data-records.js';

export function coursesContract(data: () => DataStore): void {
  const courses = () => data().courses;
  const add = (id: string, more: Partial<CourseContent> = {}, words: CourseTerms = terms()) =>
    courses().create(id, content(id, more), words, 10);

  describe('courses', () => {
    it('are stored as given, with version 1 and no learners', async () => {
      const given = content('a', {
        tags: ['x', 'y'],
        coverUrl: 'https://example.org/c.png',
        title: '课 😀 "\'',
      });
      const made = await courses().create('a', given, terms(), 10);
      expect(made).toEqual({
        ...given,
        id: 'a',
        version: 1,
        enrolments: 0,
        ratingCount: 0,
        ratingSum: 0,
        createdAt: 10,
        updatedAt: 10,
      });
      expect(await courses().byId('a')).toEqual(made);
      expect(await courses().bySlug('a')).toEqual(made);
      expect(await courses().byId('b')).toBeNull();
    });

    it('have unique ids and slugs', async () => {
      await add('a');
      await add('b');
      await expect(add('a')).rejects.toThrow(AlreadyExists);
      await expect(courses().create('c', content('a'), terms(), 1)).rejects.toThrow(AlreadyExists);
      await expect(courses().update('b', 1, content('a'), terms(), 1)).rejects.toThrow(
        AlreadyExists,
      );
      expect(await courses().byId('b')).toMatchObject({ slug: 'b', version: 1 });
    });

    it('are updated only from the version the caller holds', async () => {
      await add('a');
      expect(
        await courses().update('a', 1, content('a2', { coverUrl: 'https://x.test/' }), terms(), 20),
      ).toMatchObject({ version: 2, slug: 'a2', createdAt: 10, updatedAt: 20 });
      await expect(courses().update('a', 1, content('a3'), terms(), 30)).rejects.toThrow(
        VersionConflict,
      );
      await expect(courses().update('none', 1, content('x'), terms(), 30)).rejects.toThrow(
        NoSuchRecord,
      );
      expect(await courses().update('a', 2, content('a2'), terms(), 40)).not.toHaveProperty(
        'coverUrl',
      );
      expect(await courses().bySlug('a')).toBeNull();
    });

    it('let one of two concurrent updates through', async () => {
      await add('a');
      const both = await Promise.allSettled(
        ['x', 'y'].map((slug) => courses().update('a', 1, content(slug), terms(), 2)),
      );
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    });

    it('go with their postings, learners and ratings', async () => {
      await add('a', {}, terms({ word: 1 }));
      await data().learning.enrol('u', 'a', 1);
      await expect(courses().delete('a', 9)).rejects.toThrow(VersionConflict);
      await courses().delete('a', 1);
      await expect(courses().delete('a', 1)).rejects.toThrow(NoSuchRecord);
      expect(await courses().postings(['word'])).toEqual([]);
      expect(await data().learning.enrolment('u', 'a')).toBeNull();
      expect(await add('a')).toMatchObject({ version: 1, enrolments: 0 });
    });

    it('show as cards without their long texts', async () => {
      await add('a', {
        lessons: [
          { id: '1', title: 'x', minutes: 5 },
          { id: '2', title: 'y', minutes: 7 },
        ],
      });
      const [card] = await courses().cards(['a', 'none']);
      expect(card).toMatchObject({ id: 'a', lessonCount: 2, minutes: 12 });
      expect(card).not.toHaveProperty('description');
      expect(card).not.toHaveProperty('lessons');
    });

    it('are exported whole, ascending by id, page by page', async () => {
      for (const id of ['b', 'c', 'a']) await add(id, { status: 'draft' });
      expect((await courses().export({ limit: 2 })).map(({ id }) => id)).toEqual(['a', 'b']);
      expect(
        (await courses().export({ limit: 2, after: 'b' })).map(({ id, description }) => [
          id,
          description,
        ]),
      ).toEqual([['c', 'long']]);
    });

    describe('in a list', () => {
      beforeEach(async () => {
        await add('a', { title: 'Banana', category: 'web', tags: ['t1'], publishedAt: 30 });
        await add('b', {
          title: 'apple',
          category: 'data',
          tags: ['t1', 't2'],
          publishedAt: 20,
          level: 'advanced',
        });
        await add('c', {
          title: 'ａｐｐｌｅ',
          category: 'data',
          tags: ['t2'],
          publishedAt: 20,
          language: 'zh',
        });
        await add('d', { title: '😀', status: 'draft' });
        await add('e', { title: '\uffee', category: 'ai', publishedAt: 5, instructorId: 'other' });
        await data().learning.enrol('u', 'c', 1);
        await data().learning.rate({ user: 'u', courseId: 'e', stars: 5, at: 1 });
        await data().learning.rate({ user: 'u', courseId: 'a', stars: 1, at: 1 });
      });

      const pages = async (sort: CourseSort, limit: number): Promise<string[]> => {
        const ids: string[] = [];
        let after: SortKey | undefined;
        for (;;) {
          const { items, next } = await courses().list({
            filter: {},
            sort,
            limit,
            ...(after && { after }),
          });
          ids.push(...items.map(({ id }) => id));
          if (!next) return ids;
          after = JSON.parse(JSON.stringify(next)) as SortKey;
        }
      };

      it.each([
        ['newest', ['a', 'b', 'c', 'd', 'e']],
        ['rating', ['e', 'b', 'c', 'd', 'a']],
        ['popular', ['c', 'a', 'b', 'd', 'e']],
        ['title', ['b', 'c', 'a', 'e', 'd']],
      ] as const)(
        'sorted by %s come in the order %j, at every page size, ties by id',
        async (sort, expected) => {
          // A draft sorts by when it was made: at 10, between e (5) and b (20).
          const { publishedAt: _publishedAt, ...draft } = content('d', {
            title: '😀',
            status: 'draft',
          });
          await courses().update('d', 1, draft, terms(), 11);
          for (const limit of [1, 2, 3, 10]) expect(await pages(sort, limit)).toEqual(expected);
        },
      );

      it('match one value of each field that is filtered', async () => {
        const ids = async (filter: Parameters<ReturnType<typeof courses>['count']>[0]) => {
          const { items } = await courses().list({ filter, sort: 'title', limit: 10 });
          expect(await courses().count(filter)).toBe(items.length);
          return items.map(({ id }) => id).sort();
        };
        expect(await ids({ status: ['published'] })).toEqual(['a', 'b', 'c', 'e']);
        expect(await ids({ category: ['web', 'ai'], status: ['published'] })).toEqual(['a', 'e']);
        expect(await ids({ tag: ['t1', 't2'] })).toEqual(['a', 'b', 'c']);
        expect(await ids({ tag: ['t2'], language: ['zh'] })).toEqual(['c']);
        expect(await ids({ level: ['advanced'], category: ['web'] })).toEqual([]);
        expect(await ids({ instructorId: ['other'] })).toEqual(['e']);
      });

      it('are counted by facet, most first, ties by value', async () => {
        const facets = await courses().facets({ status: ['published'] }, [
          'category',
          'tag',
          'level',
          'language',
        ]);
        expect(facets.get('category')).toEqual([
          { value: 'data', count: 2 },
          { value: 'ai', count: 1 },
          { value: 'web', count: 1 },
        ]);
        expect(facets.get('tag')).toEqual([
          { value: 't1', count: 2 },
          { value: 't2', count: 2 },
        ]);
        expect(facets.get('level')).toEqual([
          { value: 'beginner', count: 3 },
          { value: 'advanced', count: 1 },
        ]);
        expect(facets.get('language')).toEqual([
          { value: 'en', count: 3 },
          { value: 'zh', count: 1 },
        ]);
      });
    });

    describe('in the index', () => {
      it('are found by term as long as they are published, with frequency and length', async () => {
        await add('a', {}, terms({ vue: 2, web: 1 }));
        await add('b', { status: 'draft' }, terms({ vue: 1 }));
        expect(await courses().postings(['vue', 'none'])).toEqual([
          { term: 'vue', courseId: 'a', frequency: 2, length: 3 },
        ]);
        await courses().update('b', 1, content('b'), terms({ vue: 1 }), 2);
        expect(await courses().postings(['vue'])).toHaveLength(2);
        await courses().update(
          'a',
          1,
          content('a', { status: 'archived' }),
          terms({ vue: 2, web: 1 }),
          2,
        );
        expect((await courses().postings(['vue', 'web'])).map(({ courseId }) => courseId)).toEqual([
          'b',
        ]);
      });

      it('leave no stale term behind when they change', async () => {
        await add('a', {}, terms({ old: 5, both: 1 }));
        await courses().update('a', 1, content('a'), terms({ new: 1, both: 2 }), 2);
        expect(await courses().postings(['old'])).toEqual([]);
        expect(await courses().postings(['both'])).toEqual([
          { term: 'both', courseId: 'a', frequency: 2, length: 3 },
        ]);
        expect(await courses().corpus()).toEqual({ documents: 1, totalLength: 3 });
      });

      it('count towards the corpus while published', async () => {
        expect(await courses().corpus()).toEqual({ documents: 0, totalLength: 0 });
        await add('a', {}, terms({ x: 3 }));
        await add('b', { status: 'draft' }, terms({ y: 9 }));
        expect(await courses().corpus()).toEqual({ documents: 1, totalLength: 3 });
      });

      it('give the terms of published courses by prefix, in code-point order', async () => {
        await add('a', {}, terms({ vue: 1, vuex: 1, 'v%': 1, 计算机: 1 }));
        await add('b', { status: 'draft' }, terms({ vuetify: 1 }));
        expect(await courses().termsWithPrefix('v', 10)).toEqual(['v%', 'vue', 'vuex']);
        expect(await courses().termsWithPrefix('v', 2)).toEqual(['v%', 'vue']);
        expect(await courses().termsWithPrefix('v%', 9)).toEqual(['v%']);
        expect(await courses().termsWithPrefix('计', 9)).toEqual(['计算机']);
      });
    });

    it('raise the revision with every change that could show, and with nothing else', async () => {
      const after = async (change: () => Promise<unknown>): Promise<boolean> => {
        const before = await courses().revision();
        await change().catch(() => undefined);
        return (await courses().revision()) > before;
      };
      const { learning } = data();
      expect(await after(() => add('a'))).toBe(true);
      expect(await after(() => courses().update('a', 1, content('a'), terms(), 2))).toBe(true);
      expect(await after(() => courses().update('a', 1, content('a'), terms(), 2))).toBe(false);
      expect(await after(() => learning.enrol('u', 'a', 1))).toBe(true);
      expect(await after(() => learning.enrol('u', 'a', 1))).toBe(false);
      expect(await after(() => learning.rate({ user: 'u', courseId: 'a', stars: 3, at: 1 }))).toBe(
        true,
      );
      expect(await after(() => learning.leave('u', 'a'))).toBe(true);
      expect(await after(() => courses().byId('a'))).toBe(false);
      expect(await after(() => courses().delete('a', 2))).toBe(true);
    });
  });
}
