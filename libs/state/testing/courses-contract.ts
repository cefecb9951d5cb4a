import {
  AlreadyExists,
  type CourseContent,
  type DataStore,
  NoSuchRecord,
  VersionConflict,
} from '#libs/state';
import { content, document } from './data-records.js';

export function coursesContract(data: () => DataStore): void {
  const courses = () => data().courses;
  const add = (id: string, more: Partial<CourseContent> = {}) =>
    courses().create(id, content(id, more), document(id), 10);

  describe('courses', () => {
    it('are stored as given, with version 1 and no learners', async () => {
      const given = content('a', {
        tags: ['x', 'y'],
        coverUrl: 'https://example.org/c.png',
        title: '课 😀 "\'',
      });
      const made = await courses().create('a', given, document(), 10);
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
      await expect(courses().create('c', content('a'), document(), 1)).rejects.toThrow(
        AlreadyExists,
      );
      await expect(courses().update('b', 1, content('a'), document(), 1)).rejects.toThrow(
        AlreadyExists,
      );
      expect(await courses().byId('b')).toMatchObject({ slug: 'b', version: 1 });
    });

    it('are updated only from the version the caller holds', async () => {
      await add('a');
      expect(
        await courses().update(
          'a',
          1,
          content('a2', { coverUrl: 'https://x.test/' }),
          document(),
          20,
        ),
      ).toMatchObject({ version: 2, slug: 'a2', createdAt: 10, updatedAt: 20 });
      await expect(courses().update('a', 1, content('a3'), document(), 30)).rejects.toThrow(
        VersionConflict,
      );
      await expect(courses().update('none', 1, content('x'), document(), 30)).rejects.toThrow(
        NoSuchRecord,
      );
      expect(await courses().update('a', 2, content('a2'), document(), 40)).not.toHaveProperty(
        'coverUrl',
      );
      expect(await courses().bySlug('a')).toBeNull();
    });

    it('let one of two concurrent updates through', async () => {
      await add('a');
      const both = await Promise.allSettled(
        ['x', 'y'].map((slug) => courses().update('a', 1, content(slug), document(), 2)),
      );
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    });

    it('go with their documents, learners and ratings', async () => {
      await add('a');
      await data().learning.enrol('u', 'a', 1);
      await expect(courses().delete('a', 9)).rejects.toThrow(VersionConflict);
      await courses().delete('a', 1);
      await expect(courses().delete('a', 1)).rejects.toThrow(NoSuchRecord);
      expect(await courses().documents({ limit: 9 })).toEqual([]);
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

    it('are read many at once, by id or slug', async () => {
      for (const id of ['a', 'b', 'c']) await add(id, { slug: `slug-of-${id}` });
      const ids = (found: { id: string }[]) => found.map(({ id }) => id).sort();
      expect(ids(await courses().byIds(['c', 'none', 'a', 'a']))).toEqual(['a', 'c']);
      expect(ids(await courses().bySlugs(['slug-of-b', 'a']))).toEqual(['b']);
      expect(await courses().byIds([])).toEqual([]);
      expect((await courses().byIds(['a']))[0]).toEqual(await courses().byId('a'));
    });

    describe('written together', () => {
      const write = (id: string, expectedVersion: number | null, slug = id) => ({
        id,
        expectedVersion,
        content: content(slug, { title: `${id} of ${slug}` }),
        document: document(id),
      });

      it('are created and updated, and keep their learners', async () => {
        await add('a');
        await data().learning.enrol('u', 'a', 1);
        const outcomes = await courses().writeAll([write('b', null), write('a', 1, 'a2')], 30);
        expect(outcomes).toEqual(['created', 'updated']);
        expect(await courses().byId('b')).toMatchObject({ version: 1, createdAt: 30 });
        expect(await courses().byId('a')).toMatchObject({
          ...{ version: 2, slug: 'a2', title: 'a of a2', enrolments: 1 },
          ...{ createdAt: 10, updatedAt: 30 },
        });
        expect(await courses().writeAll([], 1)).toEqual([]);
      });

      it('are refused one by one where they cannot be', async () => {
        for (const id of ['a', 'b']) await add(id);
        const given = [
          ...[write('a', null), write('a', 7), write('none', 1), write('b', 1, 'a')],
          ...[
            write('c', null, 'b'),
            write('d', null),
            write('d', null, 'e'),
            write('e', null, 'd'),
          ],
          ...[write('a', 1, 'a3'), write('a', 1, 'a4')],
        ];
        expect(await courses().writeAll(given, 30)).toEqual([
          ...['taken', 'conflict', 'conflict', 'taken'],
          ...['taken', 'created', 'taken', 'taken', 'updated', 'conflict'],
        ]);
        expect((await courses().export({ limit: 9 })).map(({ id, slug }) => [id, slug])).toEqual([
          ['a', 'a3'],
          ['b', 'b'],
          ['d', 'd'],
        ]);
      });

      it('by several at once end as if one had come after the other', async () => {
        const batch = (by: string) =>
          courses().writeAll(
            Array.from({ length: 20 }, (_, at) => write(`${by}${at}`, null, `s${(at * 7) % 20}`)),
            1,
          );
        const [one = [], other = []] = await Promise.all([batch('x'), batch('y')]);
        const won = one.map((outcome, at) => [outcome, other[at]].sort());
        expect(won).toEqual(Array.from({ length: 20 }, () => ['created', 'taken']));
        expect(await courses().export({ limit: 99 })).toHaveLength(20);
      });

      it('take texts of any length', async () => {
        const long = '课'.repeat(20_000);
        const many = Array.from({ length: 60 }, (_, at) => ({
          ...write(`l${at}`, null),
          content: content(`l${at}`, { description: long }),
          document: new Uint8Array(100_000).fill(at),
        }));
        expect(new Set(await courses().writeAll(many, 1))).toEqual(new Set(['created']));
        const kept = await courses().documents({ limit: 1, after: 'l58' });
        expect(kept[0]?.document).toEqual(new Uint8Array(100_000).fill(59));
        expect(await courses().byId('l7')).toMatchObject({ description: long });
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
      expect(await after(() => courses().update('a', 1, content('a'), document(), 2))).toBe(true);
      expect(await after(() => courses().update('a', 1, content('a'), document(), 2))).toBe(false);
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
