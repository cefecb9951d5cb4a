import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { authSecret } from '../support/server.js';
import { freshStores } from '../support/profile.js';
import { ending, launch, removeDir, tempDir, type Variables } from '../support/run.js';
import { until } from '../support/until.js';

const count = 1000;
/** Each command is a process that starts anew. */
const patienceMs = 240_000;
const row = (n: number) => ({
  slug: `course-${n}`,
  title: `第${n}课 Python in practice`,
  description: `学习数据分析，line by line ${n}. `.repeat(20),
  language: n % 2 ? 'zh' : 'en',
  level: 'beginner',
  category: 'programming',
  tags: ['python', '数据'],
  lessons: [{ title: '第一节', minutes: 10 }],
  status: 'published',
});

describe('maxiaoke import courses', () => {
  const folders: string[] = [];
  /** An empty deployment with an instructor in it. */
  async function deployment() {
    const dir = tempDir();
    folders.push(dir);
    const variables: Variables = { AUTH_SECRET: authSecret, ...(await freshStores()) };
    const call = (...args: string[]) => ending(launch(args, dir, variables));
    await call('user', 'add', 'teacher', '--role', 'instructor');
    const load = ['import', 'courses', '--instructor', 'teacher', '--json'];
    return {
      dir,
      variables,
      load,
      call,
      import: (...args: string[]) => call(...load, ...args),
      export: async () => (await call('export', 'courses')).stdout,
    };
  }
  const file = (dir: string, name: string, content: string | Uint8Array): string => {
    const path = join(dir, name);
    writeFileSync(path, content);
    return path;
  };
  afterAll(() => folders.forEach(removeDir));

  it(
    'is whole when it is run again after it was killed half way',
    async () => {
      const text = Array.from({ length: count }, (_, n) => `${JSON.stringify(row(n))}\n`).join('');
      const once = await deployment();
      const all = file(once.dir, 'courses.ndjson', text);
      const first = await once.import(all);
      expect(first).toMatchObject({ code: 0 });
      expect(JSON.parse(first.stdout)).toMatchObject({ created: count });

      const twice = await deployment();
      const killed = launch([...twice.load, all], twice.dir, twice.variables);
      const end = ending(killed);
      let heard = '';
      killed.stderr?.on('data', (chunk: string) => (heard += chunk));
      await until('the first rows are stored', () => heard.includes(' rows'));
      killed.kill('SIGKILL');
      await end;
      const stored = (await twice.export()).split('\n').length - 1;
      expect(stored).toBeGreaterThan(0);
      expect(stored).toBeLessThan(count);

      expect(JSON.parse((await twice.import(all)).stdout)).toEqual({
        created: count - stored,
        updated: 0,
        unchanged: stored,
        failed: 0,
        errors: [],
      });
      expect(await twice.export()).toBe(await once.export());
    },
    patienceMs,
  );

  it(
    'says what is wrong, and leaves with the code for it',
    async () => {
      const { dir, import: load } = await deployment();
      expect(await load('no-such-file.csv')).toMatchObject({
        code: 66,
        stderr: expect.stringContaining('no-such-file.csv') as string,
      });
      expect((await load('--from-line', '0')).code).toBe(64);
      const missing = file(dir, 'missing.csv', 'slug,colour\na,red\n');
      const { code, stdout, stderr } = await load(missing);
      expect(code).toBe(65);
      expect(JSON.parse(stdout)).toMatchObject({ created: 0, failed: 1, errors: [{ line: 1 }] });
      expect(stderr).toContain('line 1: unknown columns "colour"; there is no column title');
      const packed = file(dir, 'courses.csv', gzipSync('slug,title'));
      expect((await load(packed)).stderr).toContain('this is a gzip file');
    },
    patienceMs,
  );

  it(
    'reads GB18030 as it reads UTF-8, goes on from a line, and only looks in a dry run',
    async () => {
      const { dir, import: load, export: dump } = await deployment();
      const head = 'slug,title,language,level,category\r\n';
      const rest = Buffer.from(',zh,beginner,c\r\n');
      const chinese = Buffer.from([0xc4, 0xe3, 0xba, 0xc3]);
      const rows = ['a', 'b'].map((slug) =>
        Buffer.concat([Buffer.from(`${slug},`), chinese, rest]),
      );
      const path = file(dir, 'courses.csv', Buffer.concat([Buffer.from(head), ...rows]));
      const dry = JSON.parse((await load(path, '--dry-run')).stdout) as object;
      expect(dry).toMatchObject({ created: 2, encoding: 'gb18030' });
      expect(await dump()).toBe('');
      expect(JSON.parse((await load(path, '--from-line', '3')).stdout)).toMatchObject({
        created: 1,
      });
      expect(JSON.parse(await dump())).toMatchObject({ slug: 'b', title: '你好' });
    },
    patienceMs,
  );
});
