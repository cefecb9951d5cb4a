import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeAdapter } from '#libs/state/testing';
import { sqlite } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'maxiaoke-sqlite-'));
let files = 0;

afterAll(() => rmSync(folder, { recursive: true }));

describeAdapter({
  adapter: sqlite,
  freshUrl: () => `sqlite:${join(folder, `${(files += 1)}.db`)}`,
});
