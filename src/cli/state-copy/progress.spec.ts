import { Progress } from './progress.js';

function shown(isTTY: boolean) {
  let time = 0;
  const written: string[] = [];
  const progress = new Progress({ isTTY, write: (text) => written.push(text) }, () => time);
  const at = (ms: number, rooms: number) => {
    time = ms;
    progress.show(() => `copying: ${rooms} rooms, ${rooms * 10} events`);
  };
  return { progress, written, at };
}

describe('progress of a copy', () => {
  it('writes one line over and over on a terminal, ten times a second at most', () => {
    const { progress, written, at } = shown(true);
    for (const ms of [0, 50, 99, 100]) at(ms, ms);
    progress.say('done');
    expect(written).toEqual([
      '\r\x1b[Kcopying: 0 rooms, 0 events',
      '\r\x1b[Kcopying: 100 rooms, 1000 events',
      '\r\x1b[K',
      'done\n',
    ]);
  });

  it('writes plain lines elsewhere, one in five seconds at most', () => {
    const { progress, written, at } = shown(false);
    for (const ms of [0, 4999, 5000]) at(ms, ms);
    progress.say('done');
    expect(written).toEqual([
      'copying: 0 rooms, 0 events\n',
      'copying: 5000 rooms, 50000 events\n',
      'done\n',
    ]);
  });
});
