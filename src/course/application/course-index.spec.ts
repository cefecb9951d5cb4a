import { ManualClock, silentLogger } from '#libs/kernel';
import { parseSynonyms } from '#libs/search';
import { type CourseContent, type DataStore, deletionsKeptMs } from '#libs/state';
import { adapters } from '#libs/state/adapters';
import { content, counted, failing } from '#libs/state/testing';
import { documentOf } from '../domain/search-document.js';
import { CatalogueChanges } from './catalogue-changes.js';
import { CourseIndex } from './course-index.js';
import { CourseReindex } from './course-reindex.js';

const clock = new ManualClock();

/** What a version of long ago, and one that is not there yet, would have stored. */
const foreign = [new Uint8Array([0, 1, 2]), new Uint8Array([255, 1, 2])];

describe('the course index of a replica', () => {
  let store: DataStore;
  let calls: Map<string, number>;

  beforeEach(async () => {
    const memory = adapters.find(({ name }) => name === 'memory')?.data;
    if (!memory) throw new Error('no memory adapter');
    store = memory({ url: 'memory:', variable: 'DATA_STORE', clock, logger: silentLogger });
    await store.open();
    calls = new Map();
  });
  afterEach(() => store.close());

  async function replica(data: DataStore = counted(store, calls)): Promise<CourseIndex> {
    const changes = new CatalogueChanges(data, undefined as never);
    const index = new CourseIndex(data, changes, parseSynonyms(''), silentLogger);
    await index.onModuleInit();
    return index;
  }

  const add = (id: string, more: Partial<CourseContent> = {}) => {
    const made = content(id, more);
    return store.courses.create(id, made, documentOf(made), 1);
  };
  const found = (index: CourseIndex, text: string) =>
    index.answer(async (courses) =>
      courses
        .search({ text, filter: {}, sort: 'relevance', limit: 50 })
        .hits.map(({ id }) => id)
        .sort(),
    );

  it('answers from what the store holds at the time of the question', async () => {
    const [one, other] = [await replica(), await replica()];
    for (let n = 0; n < 5; n += 1) {
      await add(`c${n}`, { title: `Python ${n}` });
      for (const index of [one, other]) expect(await found(index, 'python')).toHaveLength(n + 1);
    }
    await store.courses.update('c0', 1, content('c0'), documentOf(content('c0')), 2);
    await store.courses.delete('c1', 1);
    for (const index of [one, other])
      expect(await found(index, 'python')).toEqual(['c2', 'c3', 'c4']);
  });

  it('asks the store one thing where nothing changed, and once for all who ask together', async () => {
    await add('a', { title: 'Python' });
    const index = await replica();
    calls.clear();
    await Promise.all(Array.from({ length: 50 }, () => found(index, 'python')));
    expect([...calls]).toEqual([['courses.revision', 1]]);
  });

  it('finds courses whose documents are missing or another version’s, and has them made anew', async () => {
    for (const [at, document] of foreign.entries())
      await store.courses.create(`c${at}`, content(`c${at}`, { title: '算法' }), document, 1);
    const index = await replica();
    expect(await found(index, '算法')).toEqual(['c0', 'c1']);
    expect(index.outdated).toBe(2);
    const reindex = new CourseReindex(store, clock);
    expect(await reindex.run()).toEqual({ examined: 2, encoded: 1 });
    expect(await reindex.run()).toEqual({ examined: 2, encoded: 0 });
    const [made, newer] = await store.courses.documents({ limit: 9 });
    expect(made?.document).toEqual(documentOf(content('c0', { title: '算法' })));
    expect(newer?.document).toEqual(foreign[1]);
    expect((await replica()).outdated).toBe(1);
  });

  it('begins again where it was asleep for longer than deletions are told', async () => {
    for (const id of ['a', 'b', 'c']) await add(id, { title: 'Python' });
    const index = await replica();
    await store.courses.delete('a', 1);
    clock.advance(deletionsKeptMs + 1);
    await store.courses.delete('b', 1);
    expect(await found(index, 'python')).toEqual(['c']);
  });

  it('gives no old answer where the store cannot be asked, and goes on where it can again', async () => {
    await add('a', { title: 'Python' });
    let down = '';
    const index = await replica(failing(store, (method) => method === down && 'before'));
    for (const method of ['courses.revision', 'courses.changes']) {
      down = method;
      await add(method.replace('.', '-'), { title: 'Python' });
      await expect(found(index, 'python')).rejects.toThrow('failing');
    }
    down = '';
    expect(await found(index, 'python')).toHaveLength(3);
  });

  it('lets one process at a time make documents anew', async () => {
    await store.courses.create('a', content('a'), new Uint8Array([0]), 1);
    await store.leases.acquire('course-reindex', 'another', clock.now() + 1000);
    const reindex = new CourseReindex(store, clock);
    expect(await reindex.run()).toBeNull();
    clock.advance(1001);
    expect(await reindex.run()).toEqual({ examined: 1, encoded: 1 });
  });
});
