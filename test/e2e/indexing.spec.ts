import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call } from '../support/http.js';
import { external, publishCourse } from '../support/people.js';
import { removeDir, run, tempDir } from '../support/run.js';
import { TestServer } from '../support/server.js';

describe('maxiaoke reindex', () => {
  it('makes the documents of courses anew, and says how many', async () => {
    const server = await TestServer.start();
    try {
      const teacher = await external('teacher-reindex', 'instructor');
      await publishCourse(server, teacher, { title: 'Python入门' });
      await publishCourse(server, teacher, { title: 'C++ in practice' });
      await server.stop();
      const { stdout, code } = await run(['reindex', '--json'], server.dir, server.environment);
      expect([code, JSON.parse(stdout)]).toEqual([0, { examined: 2, encoded: 0 }]);
      await server.boot();
      expect((await call(server, 'GET', '/courses?q=python')).body.total).toBe(1);
    } finally {
      await server.dispose();
    }
  });
});

describe('synonyms', () => {
  it('are the operator’s: words of one line find one another', async () => {
    const dir = tempDir();
    const file = join(dir, 'synonyms.txt');
    writeFileSync(file, '# ours\n爬虫=scraper\n');
    const server = await TestServer.start({ SEARCH_SYNONYMS: file });
    try {
      const teacher = await external('teacher-synonyms', 'instructor');
      const { id } = await publishCourse(server, teacher, { title: '网络爬虫' });
      const { items } = (await call(server, 'GET', '/courses?q=scraper')).body;
      expect(items.map((item) => item.id)).toEqual([id]);
    } finally {
      await server.dispose();
      removeDir(dir);
    }
  });

  it('that are not written right keep a server from starting, by their line', async () => {
    const dir = tempDir();
    try {
      const file = join(dir, 'synonyms.txt');
      writeFileSync(file, '爬虫=scraper\nalone\n');
      for (const [given, message] of [
        [file, /SEARCH_SYNONYMS: .*line 2/],
        [join(dir, 'none'), /SEARCH_SYNONYMS: .*no such file/],
      ] as const) {
        const ended = await run(['serve'], dir, { SEARCH_SYNONYMS: given });
        expect(ended.code).toBe(78);
        expect(ended.stderr).toMatch(message);
      }
    } finally {
      removeDir(dir);
    }
  });
});
