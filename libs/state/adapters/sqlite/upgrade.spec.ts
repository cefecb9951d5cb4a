import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import { silentLogger, SystemClock } from '#libs/kernel';
import { StoreMisconfigured } from '#libs/state';
import { SqlDataStore } from '../_sql/data/sql-data-store.js';
import { sql as catalogue } from './migrations/0001-catalogue.js';
import { sql as history } from './migrations/0002-history.js';
import { sql as indexes } from './migrations/0003-indexes.js';
import { migrations } from './migrations/index.js';
import { sqliteOpener } from './sqlite-database.js';

const folder = mkdtempSync(join(tmpdir(), 'maxiaoke-upgrade-'));
let files = 0;

afterAll(() => rmSync(folder, { recursive: true }));

const blob = Buffer.alloc(3 << 20, 'model');
const sha256 = createHash('sha256').update(blob).digest('hex');

/** A file as version 1, 2 or 3 of the schema left it, with a row in every table that later changed. */
function oldFile(version: number): string {
  const file = join(folder, `${(files += 1)}.db`);
  const db = new Database(file);
  for (const sql of [catalogue, history, indexes].slice(0, version)) db.exec(sql);
  db.exec(`INSERT INTO courses VALUES ('c', 'slug', 'T', 't', 's', 'd', 'en', 'beginner', 'web', '["x"]', '[]', NULL, 'i', 'I',
    'published', 7, 1, 5, 5, 1, 1, 4, 0, 0, 3);
  INSERT INTO course_tags VALUES ('x', 'c');
  INSERT INTO postings VALUES ('word', 'c', 3);
  INSERT INTO enrolments VALUES ('u', 'c', 9, '["1"]');
  INSERT INTO ratings VALUES ('u', 'c', 4, 'good', 9);
  INSERT INTO interactions VALUES ('1', 'u', 'c', 'rate', 4, 9);
  INSERT INTO idempotency VALUES ('k', 'f', 'answer', 9999999999999);
  UPDATE singletons SET text = '${sha256}', number = 3 WHERE name = 'active model';`);
  db.prepare('INSERT INTO models VALUES (?, ?, 5, ?, ?)').run(sha256, blob.length, '{}', blob);
  db.pragma(`user_version = ${version}`);
  db.close();
  return file;
}

const storeOn = (file: string, access: 'exclusive' | 'read' = 'exclusive') =>
  new SqlDataStore(sqliteOpener, {
    url: `sqlite:${file}`,
    variable: 'DATA_STORE',
    clock: new SystemClock(),
    logger: silentLogger,
    access,
  });

describe('an SQLite file of an earlier version', () => {
  it.each([1, 2, 3])('%i has everything it had', async (version) => {
    const store = storeOn(oldFile(version));
    await store.open();
    const counts = { enrolments: 1, ratingCount: 1, ratingSum: 4 };
    expect(await store.courses.changes({ known: 0, limit: 9 })).toMatchObject({
      items: [{ id: 'c', facts: { tags: ['x'], ...counts } }],
    });
    expect(await store.courses.documents({ limit: 9 })).toEqual([
      { id: 'c', version: 1, document: null },
    ]);
    expect(await store.learning.enrolment('u', 'c')).toMatchObject({ completedLessons: ['1'] });
    await store.learning.rate({ user: 'u', courseId: 'c', stars: 5, at: 10 });
    expect(await store.courses.byId('c')).toMatchObject({ ratingCount: 1, ratingSum: 5 });
    expect(await store.interactions.recentOf('u', 5)).toMatchObject([{ id: '1', value: 4 }]);
    expect(await store.idempotency.claim('k', 'f', 0)).toMatchObject({ response: 'answer' });
    expect(await store.models.active()).toMatchObject({ sha256, size: blob.length });
    expect(Buffer.from((await store.models.get(sha256)) ?? []).equals(blob)).toBe(true);
    expect(await store.inspect()).toMatchObject({ pendingMigrations: 0, findings: [] });
    await store.close();
  });

  it('tells a reader what is pending, changes nothing and serves nothing', async () => {
    const file = oldFile(2);
    const reader = storeOn(file, 'read');
    await reader.open();
    await reader.ping();
    expect((await reader.inspect()).pendingMigrations).toBe(migrations.length - 2);
    await expect(reader.courses.byId('c')).rejects.toThrow(StoreMisconfigured);
    await reader.close();
  });

  it('whose schema somebody changed is refused by the name of what is missing', async () => {
    const file = oldFile(3);
    const store = storeOn(file);
    await store.open();
    await store.close();
    new Database(file).exec('ALTER TABLE ratings DROP COLUMN comment').close();
    await expect(storeOn(file).open()).rejects.toThrow(/column comment of table ratings/);
  });
});
