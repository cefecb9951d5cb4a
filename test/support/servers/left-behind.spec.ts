import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { folderOf, removeLeftBehind } from './left-behind.js';

describe('a server whose owner died', () => {
  it('is ended and leaves no folder; one whose owner lives stays', async () => {
    const gone = spawn(process.execPath, ['-e', '']);
    await once(gone, 'exit');
    const own = mkdtempSync(folderOf('redis'));
    const left = mkdtempSync(folderOf('redis').replace(`-${process.pid}-`, `-${gone.pid}-`));
    writeFileSync(`${left}.log`, '');
    const server = spawn('sleep', ['60'], { cwd: left });
    await once(server, 'spawn');
    const ended = once(server, 'exit');

    removeLeftBehind();

    await ended;
    expect([left, `${left}.log`, own].map(existsSync)).toEqual([false, false, true]);
    rmSync(own, { recursive: true });
  });
});
