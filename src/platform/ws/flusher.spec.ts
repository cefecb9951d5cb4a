import { type Answering, Flusher } from './flusher.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

let now = 0;
beforeEach(() => jest.spyOn(performance, 'now').mockImplementation(() => now));
afterEach(() => jest.restoreAllMocks());

/** Says what was flushed of it; a flush takes `ms`. */
function receiver(said: string[], name: string, ms = 0): Answering {
  return {
    flush() {
      now += ms;
      said.push(name);
    },
    flushReplies: () => said.push(`replies of ${name}`),
  };
}

describe('the flusher', () => {
  it('flushes at the end of the turn, sources before sinks', async () => {
    const [said, flusher]: [string[], Flusher] = [[], new Flusher()];
    flusher.sink(receiver(said, 'sink'));
    flusher.source(receiver(said, 'source'));
    expect(said).toEqual([]);
    await turn();
    expect(said).toEqual(['source', 'sink']);
  });

  it('puts the next flush off after a long one of several events, but no replies', async () => {
    const [said, flusher]: [string[], Flusher] = [[], new Flusher()];
    flusher.source(receiver(said, 'long', 4));
    for (const _ of [2, 3]) flusher.more();
    await turn();
    const next = receiver(said, 'next');
    flusher.sink(next);
    flusher.answer(next);
    await turn();
    expect(said).toEqual(['long', 'replies of next']);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(said).toEqual(['long', 'replies of next', 'next']);
  });

  it('puts nothing off after a long one of one event', async () => {
    const [said, flusher]: [string[], Flusher] = [[], new Flusher()];
    flusher.source(receiver(said, 'long', 4));
    await turn();
    flusher.sink(receiver(said, 'next'));
    await turn();
    expect(said).toEqual(['long', 'next']);
  });

  it('leaves replies to a flush that comes in the same turn', async () => {
    const [said, flusher]: [string[], Flusher] = [[], new Flusher()];
    const only = receiver(said, 'only');
    flusher.sink(only);
    flusher.answer(only);
    await turn();
    expect(said).toEqual(['only']);
  });
});
