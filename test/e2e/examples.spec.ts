import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../support/run.js';
import { TestServer } from '../support/server.js';

const execute = promisify(execFile);
const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe('the first message of the README', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ DEMO: 'on' });
  });
  afterAll(() => server.dispose());

  const example = (name: string, command: string) =>
    execute(command, [join(root, 'examples', name)], {
      env: {
        ...process.env,
        // Last in line: only where the machine has no curl of its own.
        PATH: [process.env.PATH, join(root, 'test/support/stand-in')].join(delimiter),
        BASE: server.url,
      },
    });

  it.each(['README.md', 'README.zh-CN.md'])('stands in %s as it is in the files', (page) => {
    const text = read(page);
    for (const name of ['first-message.sh', 'first-message.mjs']) {
      expect(text).toContain(`<!-- examples/${name} -->`);
      expect(text).toContain(read(`examples/${name}`));
    }
  });

  it('is sent with curl, beside a look at the catalogue', async () => {
    const { stdout } = await example('first-message.sh', 'sh');
    expect(stdout).toContain('"lessonCount"');
    expect(stdout).toContain('"duplicate":false');
    expect(stdout).toContain('Hello from curl');
  });

  it('is sent with the centrifuge client, which hears itself', async () => {
    const { stdout } = await example('first-message.mjs', process.execPath);
    expect(stdout).toMatch(/stored as \S+, seq \d+ of epoch \S+/);
    expect(stdout).toMatch(/^\d+ \S+ Hello from centrifuge$/m);
  });
});
