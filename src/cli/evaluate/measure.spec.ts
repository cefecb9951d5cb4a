import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Algorithm,
  algorithms,
  splitByItem,
  type SyntheticRating,
  syntheticRatings,
} from '#libs/recommender';
import { CliError } from '../run.js';
import { measure } from './measure.js';

const header = 'user,item,rating,timestamp';
const csv = (rows: readonly SyntheticRating[]) =>
  [header, ...rows.map((row) => `u${row.user},i${row.item},${row.rating},${row.at}`)].join('\n');

describe('measuring an algorithm', () => {
  const dir = mkdtempSync(join(tmpdir(), 'maxiaoke-test-'));
  const file = (name: string, content: string): string => {
    writeFileSync(join(dir, name), content);
    return join(dir, name);
  };
  const measured = (train: string, test: string, algorithm: Algorithm, k = 10) => {
    const request = { train, test, algorithm, k, seed: 1, budgetMs: 0, known: {} };
    return measure(request, () => undefined);
  };
  afterAll(() => rmSync(dir, { recursive: true }));

  it('finds every one above popularity where there is taste, and the blend at the top', async () => {
    const ratings = syntheticRatings({ users: 100, items: 80, ratings: 3000 });
    const { train, test } = splitByItem(ratings, ({ item }) => item, 0.25, 3);
    const files = [file('train.csv', csv(train)), file('test.csv', csv(test))] as const;
    const ndcg = new Map<Algorithm, number>();
    for (const algorithm of algorithms) {
      const { users, row } = await measured(...files, algorithm);
      expect(users).toBe(new Set(test.map(({ user }) => user)).size);
      ndcg.set(algorithm, row.ndcg);
    }
    const popularity = ndcg.get('popularity') ?? 1;
    for (const algorithm of algorithms.slice(1))
      expect(ndcg.get(algorithm)).toBeGreaterThan(popularity);
    expect(ndcg.get('blend')).toBeGreaterThan(0.99 * Math.max(...ndcg.values()));
  }, 120_000);

  it('by hand: popularity for three users, one of them new, one item nobody knows', async () => {
    const train = file('a', `${header}\na,x,5,1\nb,x,4,1\nb,y,3,2\nc,x,1,1\nc,z,1,1\nc,y,1,1\n`);
    // a: y is first of y, z. new: z is third of x, y, z. b has x already, so that w alone is held out.
    const test = file('b', `timestamp,user,rating,item\n1,a,5,y\n1,new,5,z\n1,b,1,w\n1,b,1,x\n`);
    const { users, row } = await measured(train, test, 'popularity', 3);
    expect(users).toBe(3);
    expect(row.ndcg).toBeCloseTo((1 + 0.5 + 0) / 3, 12);
    expect(row.mrr).toBeCloseTo((1 + 1 / 3) / 3, 12);
    expect(row.recall).toBeCloseTo(2 / 3, 12);
  });

  it.each([
    ['one user', `a,x,5,1\na,y,4,2`, `a,z,1,1`],
    ['one item', `a,x,5,1\nb,x,4,2`, `c,x,1,1`],
    ['one rating', `a,x,5,1`, `a,x,5,1\nb,x,1,1`],
    ['rows that come twice', `a,x,5,1\na,x,1,2\na,x,1,2\nb,y,1,1`, `a,y,1,1\na,y,1,1`],
    ['quoted ids and equal ratings', `"a,""b",x,3,1\nc,x,3,1\nc,y,3,1`, `"a,""b",y,3,1`],
    ['ids that objects have', `__proto__,constructor,3,1`, `constructor,__proto__,3,1`],
  ])('of %s gives figures, never NaN', async (_, train, test) => {
    const files = [file('c', `${header}\n${train}\n`), file('d', `${header}\n${test}`)] as const;
    for (const algorithm of algorithms) {
      const { row } = await measured(...files, algorithm);
      // JSON has null for NaN and for what is infinite.
      expect(JSON.stringify(row)).not.toContain('null');
      expect(row.ndcg).toBeLessThanOrEqual(1);
    }
  });

  it('of many rows of one user counts each of their items once', async () => {
    const rows = Array.from({ length: 9000 }, (_, at): string => `a,i${at % 2100},${at % 5},${at}`);
    const train = file('e', [header, ...rows, 'b,i1,1,1', 'b,i2,1,1', ''].join('\n'));
    const { row } = await measured(train, file('f', `${header}\nb,i3,1,1\n`), 'popularity');
    expect(row.ndcg).toBeGreaterThanOrEqual(0);
  });

  it.each([
    ['an empty file', '', /bad is empty; wanted is a header user,item,rating,timestamp/],
    ['no header', 'a,x,5,1\n', /bad, line 1: the header has no column user, item/],
    ['other columns', 'user,item,stars,timestamp\n', /line 1: .* no column rating/],
    ['no rows', `${header}\n`, /bad has a header and no rows/],
    ['NaN', `${header}\na,x,5,1\na,y,NaN,1\n`, /line 3: column rating: "NaN" is not a finite/],
    ['an infinite rating', `${header}\na,x,1e99,1\n`, /line 2: column rating: "1e99"/],
    ['no rating', `${header}\na,x,,1\n`, /line 2: column rating: ""/],
    ['no time', `${header}\na,x,4,soon\n`, /line 2: column timestamp: "soon"/],
    ['no user', `${header}\n,x,4,1\n`, /line 2: column user: empty/],
    ['a short row', `${header}\na,x,4\n`, /line 2: 3 fields where the header has 4/],
    ['an open quote', `${header}\n"a,x,4,1\n`, /line \d+: .*[Qq]uote/],
  ])('refuses %s', async (_, content, said) => {
    const [bad, good] = [file('bad', content), file('good', `${header}\na,x,5,1\n`)];
    for (const files of [[bad, good] as const, [good, bad] as const]) {
      const failed = await measured(...files, 'popularity').catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(CliError);
      expect(failed).toMatchObject({
        exitCode: 65,
        message: expect.stringMatching(said) as string,
      });
    }
  });

  it('refuses a file that is not there, or is a folder', async () => {
    const good = file('good', `${header}\na,x,5,1\n`);
    await expect(measured(join(dir, 'none.csv'), good, 'popularity')).rejects.toMatchObject({
      exitCode: 66,
      message: expect.stringContaining('none.csv: there is no such file') as string,
    });
    await expect(measured(good, dir, 'popularity')).rejects.toMatchObject({ exitCode: 66 });
  });
});
