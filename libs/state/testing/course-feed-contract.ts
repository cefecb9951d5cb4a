import fc from 'fast-check';
import type { ManualClock } from '#libs/kernel';
import {
  type CourseContent,
  type CourseFacts,
  type DataStore,
  deletionsKeptMs,
  StateError,
} from '#libs/state';
import { content, document } from './data-records.js';

type Known = Map<string, { facts: CourseFacts; document: string }>;

/** Keeps a copy of the catalogue as a replica does. */
class Follower {
  private position = 0;
  private copy: Known = new Map();
  /** How often it had to begin again. */
  restarts = 0;

  constructor(
    private readonly data: DataStore,
    private readonly limit = 3,
  ) {}

  /** What it knows after it has read everything there is to read. */
  async follow(): Promise<[string, unknown][]> {
    let known = this.position;
    let after = known;
    let revision: number | undefined;
    for (;;) {
      const page = await this.data.courses.changes({ known, after, limit: this.limit });
      if (!page) {
        [known, after, revision] = [0, 0, undefined];
        this.copy = new Map();
        this.restarts += 1;
        continue;
      }
      revision ??= page.revision;
      const revisions = page.items.map(({ revision }) => revision);
      expect(revisions).toEqual([...revisions].sort((one, other) => one - other));
      for (const { id, facts, document: bytes } of page.items) {
        const before = this.copy.get(id)?.document ?? 'none';
        const text = bytes ? new TextDecoder().decode(bytes) : before;
        if (facts) this.copy.set(id, { facts, document: text });
        else this.copy.delete(id);
      }
      if (page.next === null) break;
      expect(page.next).toBeGreaterThan(after);
      after = page.next;
    }
    this.position = revision;
    return [...this.copy].sort(([one], [other]) => (one < other ? -1 : 1));
  }
}

export function courseFeedContract(data: () => DataStore, clock: () => ManualClock): void {
  const courses = () => data().courses;
  const add = (id: string, more: Partial<CourseContent> = {}) =>
    courses().create(id, content(id, more), document(`first ${id}`), 10);

  describe('the changes of courses', () => {
    it('give a course’s facts and its document, which those who know it are not given again', async () => {
      await add('a', { tags: ['x'], publishedAt: 5, category: '课' });
      const first = await courses().changes({ known: 0, limit: 10 });
      expect(first).toMatchObject({ next: null });
      const [change] = first?.items ?? [];
      expect(change).toEqual({
        id: 'a',
        revision: expect.any(Number) as number,
        document: document('first a'),
        facts: {
          ...{ title: 'a', status: 'published', category: '课', level: 'beginner' },
          ...{ language: 'en', instructorId: 'teacher', tags: ['x'], publishedAt: 5 },
          ...{ createdAt: 10, enrolments: 0, ratingCount: 0, ratingSum: 0 },
        },
      });
      const known = first?.revision ?? 0;
      expect((await courses().changes({ known, limit: 10 }))?.items).toEqual([]);
      await data().learning.enrol('u', 'a', 1);
      await data().learning.rate({ user: 'u', courseId: 'a', stars: 4, at: 1 });
      const [counted] = (await courses().changes({ known, limit: 10 }))?.items ?? [];
      expect(counted).not.toHaveProperty('document');
      expect(counted?.facts).toMatchObject({ enrolments: 1, ratingCount: 1, ratingSum: 4 });
      await courses().update('a', 1, content('a', { title: 'A' }), document('second'), 20);
      const [written] = (await courses().changes({ known, limit: 10 }))?.items ?? [];
      expect(written).toMatchObject({ document: document('second'), facts: { title: 'A' } });
    });

    it('are read whole at every page size, and from 0 anew', async () => {
      for (const id of ['e', 'b', 'd', 'a', 'c']) await add(id);
      await courses().delete('d', 1);
      await data().learning.importAll(
        ['a', 'b'].map((courseId) => ({
          ...{ user: 'u', courseId, enrolledAt: 1, completedLessons: [] },
        })),
        [{ user: 'u', courseId: 'c', stars: 2, at: 1 }],
      );
      const whole = await new Follower(data(), 100).follow();
      expect(whole.map(([id]) => id)).toEqual(['a', 'b', 'c', 'e']);
      for (const limit of [1, 2, 5])
        expect(await new Follower(data(), limit).follow()).toEqual(whole);
    });

    it('tell of a deletion, also where the course was made anew', async () => {
      const follower = new Follower(data());
      for (const id of ['a', 'b']) await add(id);
      await follower.follow();
      await courses().delete('a', 1);
      expect((await follower.follow()).map(([id]) => id)).toEqual(['b']);
      await courses().create('a', content('a', { title: 'again' }), document('again'), 30);
      await courses().delete('b', 1);
      expect(await follower.follow()).toEqual(await new Follower(data()).follow());
      expect(follower.restarts).toBe(0);
    });

    it('begin again for who is further behind than deletions are told', async () => {
      const [fast, slow] = [new Follower(data()), new Follower(data())];
      for (const id of ['a', 'b', 'c']) await add(id);
      await fast.follow();
      await slow.follow();
      await courses().delete('a', 1);
      await fast.follow();
      clock().advance(deletionsKeptMs + 1);
      await courses().delete('b', 1);
      expect((await slow.follow()).map(([id]) => id)).toEqual(['c']);
      expect((await fast.follow()).map(([id]) => id)).toEqual(['c']);
      expect([fast.restarts, slow.restarts]).toEqual([0, 1]);
    });

    it('do not tell of documents that were made anew, which are stored only beside what they are of', async () => {
      for (const id of ['a', 'b']) await add(id);
      const { revision: known = 0 } = (await courses().changes({ known: 0, limit: 10 })) ?? {};
      await courses().update('b', 1, content('b'), document('newer'), 20);
      const anew = ['a', 'b', 'none'].map((id) => ({
        ...{ id, version: 1, document: document(`anew ${id}`) },
      }));
      expect(await courses().putDocuments(anew)).toBe(1);
      const told = (await courses().changes({ known, limit: 10 }))?.items;
      expect(told?.map(({ id }) => id)).toEqual(['b']);
      expect(await courses().documents({ limit: 1 })).toEqual([
        { id: 'a', version: 1, document: document('anew a') },
      ]);
      expect(await courses().documents({ limit: 5, after: 'a' })).toEqual([
        { id: 'b', version: 2, document: document('newer') },
      ]);
      const followed = await new Follower(data()).follow();
      expect(followed).toMatchObject([
        ['a', { document: '\0anew a' }],
        ['b', { document: '\0newer' }],
      ]);
    });

    it('miss nothing, whatever writers do while somebody follows', async () => {
      const id = fc.constantFrom('a', 'b', 'c', 'd');
      const kind = fc.constantFrom('create', 'update', 'update', 'delete', 'enrol', 'rate', 'all');
      const writers = fc.array(fc.array(fc.record({ id, kind }), { maxLength: 8 }), {
        minLength: 2,
        maxLength: 4,
      });
      let run = 0;
      await fc.assert(
        fc.asyncProperty(writers, async (scripts) => {
          run += 1;
          const follower = new Follower(data(), 2);
          let writing = true;
          const following = (async () => {
            // At least once, and as often as there is time: reads fall between and into writes.
            do await follower.follow();
            while (writing);
          })();
          await Promise.all(
            scripts.map(async (script, who) => {
              for (const [at, step] of script.entries())
                await write(data(), step, `${run}-${who}-${at}`).catch(refused);
            }),
          );
          writing = false;
          await following;
          expect(await follower.follow()).toEqual(await new Follower(data(), 50).follow());
        }),
        { numRuns: 12, interruptAfterTimeLimit: 20_000 },
      );
    });
  });
}

const refused = (error: unknown): void => {
  if (!(error instanceof StateError)) throw error;
};

async function write(
  { courses, learning }: DataStore,
  { id, kind }: { id: string; kind: string },
  mark: string,
): Promise<unknown> {
  const bytes = document(mark);
  const now = await courses.byId(id);
  const version = now?.version ?? 1;
  switch (kind) {
    case 'create':
      return courses.create(id, content(id, { title: mark }), bytes, 1);
    case 'update':
      return courses.update(id, version, content(id, { title: mark }), bytes, 2);
    case 'delete':
      return courses.delete(id, version);
    case 'enrol':
      return learning.enrol(mark, id, 1);
    case 'rate':
      return learning.rate({ user: mark, courseId: id, stars: 3, at: 1 });
    default:
      return courses.writeAll(
        ['a', 'b', id].map((one) => ({
          ...{ id: one, content: content(one, { title: mark }), document: bytes },
          expectedVersion: one === id ? (now?.version ?? null) : null,
        })),
        3,
      );
  }
}
