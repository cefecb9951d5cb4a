import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { splitByItem, type SyntheticRating, syntheticRatings } from '#libs/recommender';
import { removeDir, run, tempDir } from '../support/run.js';

interface Report {
  k: number;
  users: number;
  algorithms: Record<string, number | string>[];
}

const header = 'user,item,rating,timestamp';
const csv = (rows: readonly SyntheticRating[]) =>
  [header, ...rows.map((row) => `u${row.user},i${row.item},${row.rating},${row.at}`)].join('\n');

describe('maxiaoke evaluate', () => {
  const dir = tempDir();
  const file = (name: string, content: string): string => {
    writeFileSync(join(dir, name), content);
    return name;
  };
  const evaluate = (train: string, test: string, ...more: string[]) =>
    run(['evaluate', '--train', train, '--test', test, '--budget', '0', ...more], dir);
  const good = (name: string) => file(name, `${header}\na,x,5,1\nb,x,4,1\nb,y,3,2\n`);
  afterAll(() => removeDir(dir));

  it('gives a row an algorithm, all of them above popularity where there is taste', async () => {
    const ratings = syntheticRatings({ users: 250, items: 220, ratings: 10_000 });
    const { train, test } = splitByItem(ratings, ({ item }) => item, 0.25, 3);
    const args = [file('train.csv', csv(train)), file('test.csv', csv(test))] as const;
    const { code, stdout, stderr } = await evaluate(...args, '--json');
    expect([code, stderr]).toEqual([0, expect.stringContaining('6 algorithms measured')]);
    const report = JSON.parse(stdout) as Report;
    const users = new Set(test.map(({ user }) => user)).size;
    expect([report.k, report.users]).toEqual([10, users]);
    const names = ['popularity', 'item-knn', 'rp3beta', 'ease', 'ials', 'blend'];
    expect(report.algorithms.map(({ name }) => name)).toEqual(names);
    const ndcg = report.algorithms.map((row) => Number(row.ndcg));
    for (const other of ndcg.slice(1)) expect(other).toBeGreaterThan(ndcg[0]!);
    for (const row of report.algorithms)
      for (const name of [
        'map',
        'precision',
        'recall',
        'mrr',
        'coverage',
        'trainSeconds',
        'peakMb',
      ])
        expect(row[name]).toEqual(expect.any(Number));
    const lines = (await evaluate(...args, '--k', '5', '--algorithms', 'popularity,ease')).stdout;
    expect(lines).toMatch(
      /^top 5 of the whole catalogue.*\nalgorithm +nDCG[^\n]*\npopularity[^\n]*\nease/,
    );
  });

  it('worked out by hand: popularity for three users, one of them new, one item nobody knows', async () => {
    const train = file(
      't1.csv',
      `${header}\na,x,5,1\nb,x,4,1\nb,y,3,2\nc,x,1,1\nc,z,1,1\nc,y,1,1\n`,
    );
    // a: y is first of y, z. new: z is third of x, y, z. b has x already, so that w alone is held out.
    const test = file(
      't2.csv',
      `timestamp,user,rating,item\n1,a,5,y\n1,new,5,z\n1,b,1,w\n1,b,1,x\n`,
    );
    const { stdout } = await evaluate(
      train,
      test,
      '--k',
      '3',
      '--algorithms',
      'popularity',
      '--json',
    );
    const report = JSON.parse(stdout) as Report;
    expect(report.users).toBe(3);
    expect(report.algorithms[0]).toMatchObject({ ndcg: (1 + 0.5 + 0) / 3, mrr: (1 + 1 / 3) / 3 });
  });

  it.each([
    ['one user', `a,x,5,1\na,y,4,2`, `a,z,1,1`],
    ['one item', `a,x,5,1\nb,x,4,2`, `c,x,1,1`],
    ['one rating', `a,x,5,1`, `a,x,5,1\nb,x,1,1`],
    ['rows that come twice', `a,x,5,1\na,x,1,2\na,x,1,2\nb,y,1,1`, `a,y,1,1\na,y,1,1`],
    ['quoted ids and no rating but one', `"a,""b",x,3,1\nc,x,3,1\nc,y,3,1`, `"a,""b",y,3,1`],
  ])('of %s is figures, never NaN', async (_, train, test) => {
    const { code, stdout } = await evaluate(
      file('few.csv', `${header}\n${train}\n`),
      file('more.csv', `${header}\n${test}`),
      '--json',
    );
    expect(code).toBe(0);
    const { algorithms } = JSON.parse(stdout) as Report;
    expect(algorithms).toHaveLength(6);
    expect(stdout).not.toMatch(/null|NaN/);
  });

  it.each([
    ['an empty file', '', 65, /bad\.csv is empty; wanted is a header user,item,rating,timestamp/],
    ['no header', 'a,x,5,1\n', 65, /bad\.csv, line 1: the header has no column user, item/],
    ['other columns', 'user,item,stars,timestamp\n', 65, /line 1: .* no column rating/],
    ['no rows', `${header}\n`, 65, /bad\.csv has a header and no rows/],
    ['NaN', `${header}\na,x,5,1\na,y,NaN,1\n`, 65, /line 3: column rating: "NaN" is not a finite/],
    ['infinite', `${header}\na,x,1e99,1\n`, 65, /line 2: column rating: "1e99"/],
    ['no rating', `${header}\na,x,,1\n`, 65, /line 2: column rating: ""/],
    ['no time', `${header}\na,x,4,soon\n`, 65, /line 2: column timestamp: "soon"/],
    ['no user', `${header}\n,x,4,1\n`, 65, /line 2: column user: empty/],
    ['a short row', `${header}\na,x,4\n`, 65, /line 2: 3 fields where the header has 4/],
    ['an open quote', `${header}\n"a,x,4,1\n`, 65, /line \d+: .*[Qq]uote/],
  ])('refuses %s', async (_, content, exitCode, said) => {
    const { code, stdout, stderr } = await evaluate(good('good.csv'), file('bad.csv', content));
    expect([code, stdout]).toEqual([exitCode, '']);
    expect(stderr).toMatch(said);
    const other = await evaluate(file('bad.csv', content), good('good.csv'));
    expect(other.code).toBe(exitCode);
  });

  it('refuses a file that is not there, and names and counts it does not know', async () => {
    const good1 = good('good.csv');
    expect(await evaluate('none.csv', good1)).toMatchObject({
      code: 66,
      stderr: expect.stringContaining('none.csv: there is no such file') as string,
    });
    expect((await evaluate(good1, '.')).code).toBe(66);
    for (const wrong of [
      ['--algorithms', 'svd'],
      ['--k', '0'],
      ['--k', 'ten'],
      ['--budget', '-1'],
    ])
      expect((await evaluate(good1, good1, ...wrong)).code).toBe(64);
    expect((await run(['evaluate', '--train', good1], dir)).code).toBe(64);
  });
});
