import { Progress } from './progress.js';

function shown(isTTY: boolean) {
  let time = 0;
  const written: string[] = [];
  const progress = new Progress({ isTTY, write: (text) => written.push(text) }, () => time);
  const at = (ms: number) => {
    time = ms;
    progress.show(`${ms} rows`);
  };
  return { progress, written, at };
}

describe('progress of long work', () => {
  it('writes one line over and over on a terminal, ten times a second at most', () => {
    const { progress, written, at } = shown(true);
    for (const ms of [0, 50, 99, 100]) at(ms);
    progress.say('done');
    expect(written).toEqual(['\r\x1b[K0 rows', '\r\x1b[K100 rows', '\r\x1b[K', 'done\n']);
  });

  it('writes plain lines elsewhere, one in five seconds at most', () => {
    const { progress, written, at } = shown(false);
    for (const ms of [0, 4999, 5000]) at(ms);
    progress.say('done');
    expect(written).toEqual(['0 rows\n', '5000 rows\n', 'done\n']);
  });
});
