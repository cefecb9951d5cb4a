import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SearchFacet, SearchSort } from '#libs/search';
import type { DataStore } from '#libs/state';
import { adapters } from '#libs/state/adapters';
import { CatalogueChanges } from '../../src/course/application/catalogue-changes.js';
import { CourseIndex } from '../../src/course/application/course-index.js';
import { documentOf } from '../../src/course/domain/search-document.js';
import { parseSynonyms } from '#libs/search';
import { silentLogger } from '#libs/kernel';
import { courseAt, queriesOf, seeded } from './support/search-catalogue.js';
import { optionsOn, shared } from './support/stores.js';

const courseCount = 3000;
const queryCount = 400;
const sorts: SearchSort[] = ['relevance', 'relevance', 'newest', 'rating', 'popular', 'title'];
const facets: SearchFacet[] = ['category', 'level', 'language', 'tag'];
const folder = mkdtempSync(join(tmpdir(), 'maxiaoke-order-'));
const open: DataStore[] = [];

afterAll(async () => {
  for (const store of open) await store.close();
  rmSync(folder, { recursive: true });
});

/** Every store that keeps courses, memory first: what the others are compared with. */
const places = adapters
  .filter(({ data }) => data)
  .sort((one, other) => Number(other.name === 'memory') - Number(one.name === 'memory'))
  .flatMap((adapter) => {
    const server = shared.find((one) => one.adapter === adapter)?.server;
    if (server && !server.available) return [];
    const url = async () =>
      server ? server.freshUrl() : adapter.example.replace(/:.*/, `:${join(folder, 'order.db')}`);
    return [{ name: adapter.name, adapter, url }];
  });

async function filled({ adapter, url }: (typeof places)[number]): Promise<DataStore> {
  const where = adapter.name === 'memory' ? 'memory:' : await url();
  const store = adapter.data?.(optionsOn(where));
  if (!store) throw new Error(`${adapter.name} keeps no courses`);
  await store.open();
  open.push(store);
  const all = Array.from({ length: courseCount }, (_, at) => courseAt(at));
  for (let at = 0; at < all.length; at += 250) {
    const some = all.slice(at, at + 250).map(({ id, content }) => {
      return { id, expectedVersion: null, content, document: documentOf(content) };
    });
    await store.courses.writeAll(some, 5);
  }
  await change(store, all);
  return store;
}

/** Written in another order than they were made in, some of them gone, with learners. */
async function change(store: DataStore, all: ReturnType<typeof courseAt>[]): Promise<void> {
  const random = seeded(7);
  for (let n = 0; n < 60; n += 1) {
    const { id, content } = all[Math.floor(random() * all.length)] as (typeof all)[number];
    const version = (await store.courses.byId(id))?.version;
    if (version === undefined) continue;
    if (n % 5 === 0) await store.courses.delete(id, version);
    else {
      const next = { ...content, title: `${content.title} 新版 ${n}` };
      await store.courses.update(id, version, next, documentOf(next), 9);
    }
  }
  const enrolled = Array.from({ length: 900 }, (_, at) => {
    const { id } = all[Math.floor(random() ** 3 * all.length)] as (typeof all)[number];
    return { user: `u${at % 40}`, courseId: id, at };
  });
  for (let from = 0; from < enrolled.length; from += 60) {
    const some = enrolled.slice(from, from + 60);
    const ratings = some.filter(({ at }) => at % 2 === 0);
    await store.learning.importAll(
      some.map(({ at, ...rest }) => ({ ...rest, enrolledAt: at, completedLessons: [] })),
      ratings.map((rest) => ({ ...rest, stars: (1 + (rest.at % 5)) as 1 | 2 | 3 | 4 | 5 })),
    );
  }
}

/** A replica's index, that has followed the store from its beginning. */
async function indexOn(store: DataStore): Promise<CourseIndex> {
  const changes = new CatalogueChanges(store, undefined as never);
  const index = new CourseIndex(store, changes, parseSynonyms('前端=frontend'), silentLogger);
  await index.onModuleInit();
  return index;
}

/** What a query is answered, in full: ids in order, page after page, and all that is counted. */
async function answered(index: CourseIndex, text: string, at: number): Promise<unknown> {
  const sort = sorts[at % sorts.length] as SearchSort;
  const filter = {
    status: at % 11 === 0 ? ['draft', 'archived'] : ['published'],
    ...(at % 4 === 1 && { level: ['beginner', 'advanced'] }),
    ...(at % 7 === 2 && { tag: ['web', '前端'], language: ['zh'] }),
  };
  return index.answer(async (courses) => {
    const first = courses.search({ text, filter, sort, limit: 20, facets });
    const second = first.next
      ? courses.search({ text, filter, sort, limit: 20, after: first.next })
      : undefined;
    return {
      text,
      ids: first.hits.map(({ id }) => id),
      further: second?.hits.map(({ id }) => id),
      ...{ total: first.total, relaxed: first.relaxed, facets: [...(first.facets ?? [])] },
      suggested: courses.suggest(text, 8),
    };
  });
}

describe('the same queries on every store', () => {
  const expected: unknown[] = [];
  const queries = queriesOf(queryCount);

  it.each(places)('are answered alike: $name', async (place) => {
    const index = await indexOn(await filled(place));
    const answers = [];
    for (const [at, text] of queries.entries()) answers.push(await answered(index, text, at));
    if (expected.length === 0) expected.push(...answers);
    expect(answers).toEqual(expected);
    const found = (answers as { total: number }[]).filter(({ total }) => total > 0);
    expect(found.length).toBeGreaterThan(queryCount / 2);
  });
});
