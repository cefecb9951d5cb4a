import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { syntheticRatings } from '#libs/recommender';
import { removeDir, run, tempDir } from '../support/run.js';

const header = 'user,item,rating,timestamp';

describe('maxiaoke evaluate', () => {
  const dir = tempDir();
  const rows = syntheticRatings({ users: 60, items: 50, ratings: 1500 }).map(
    ({ user, item, rating, at }) => `${user},${item},${rating},${at}`,
  );
  const file = (name: string, content: readonly string[]) =>
    writeFileSync(join(dir, name), [header, ...content].join('\n'));
  const evaluate = (...args: string[]) =>
    run(['evaluate', '--train', 'train.csv', '--test', 'test.csv', ...args], dir);
  beforeAll(() => {
    file(
      'train.csv',
      rows.filter((_, at) => at % 4 !== 0),
    );
    file(
      'test.csv',
      rows.filter((_, at) => at % 4 === 0),
    );
    file('bad.csv', ['a,b,much,1']);
  });
  afterAll(() => removeDir(dir));

  it('prints a row an algorithm as JSON, the rest to standard error', async () => {
    const ended = await evaluate('--algorithms', 'popularity,ease', '--budget', '1', '--json');
    expect(ended).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('2 algorithms measured\n') as string,
    });
    const numbers = [
      'ndcg',
      'map',
      'precision',
      'recall',
      'mrr',
      'coverage',
      'trainSeconds',
      'peakMb',
    ];
    const row = Object.fromEntries(numbers.map((name) => [name, expect.any(Number) as number]));
    expect(JSON.parse(ended.stdout)).toMatchObject({
      k: 10,
      users: 60,
      algorithms: [
        { name: 'popularity', ...row },
        { name: 'ease', ...row },
      ],
    });
  });

  it('prints a table for people', async () => {
    const { stdout } = await evaluate('--algorithms', 'rp3beta', '--k', '5', '--budget', '0');
    expect(stdout).toMatch(/^top 5 of .*60 users.*\nalgorithm +nDCG[^\n]*\nrp3beta +0\.\d{4} /);
  });

  it('names what is wrong and leaves as sysexits has it', async () => {
    const bad = await run(['evaluate', '--train', 'bad.csv', '--test', 'test.csv'], dir);
    expect(bad).toMatchObject({
      code: 65,
      stdout: '',
      stderr: 'maxiaoke: bad.csv, line 2: column rating: "much" is not a finite number\n',
    });
    const usage = await evaluate('--algorithms', 'svd');
    expect(usage).toMatchObject({ code: 64, stderr: expect.stringContaining('svd') as string });
  });
});
