import { QueueFull } from '../errors.js';
import { GroupCommit, type PendingAppend, type QueueBounds } from './group-commit.js';
import type { NewEvent } from './records.js';

const event = (id: string): NewEvent => ({
  id,
  type: 'message',
  sender: 's',
  cid: id,
  at: 1,
  body: '{}',
});
const events = (count: number): NewEvent[] =>
  Array.from({ length: count }, (_, at) => event(String(at)));
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A queue whose commits wait to be let through, one by one. */
function held(maxEvents?: number, bounds?: QueueBounds) {
  const commits: string[][] = [];
  const waiting: (() => void)[] = [];
  let inFlight = 0;
  let most = 0;
  const commit = async (batch: readonly PendingAppend[]) => {
    commits.push(batch.map(({ room }) => room));
    inFlight += 1;
    most = Math.max(most, inFlight);
    await new Promise<void>((resolve) => waiting.push(resolve));
    inFlight -= 1;
    for (const { resolve } of batch) resolve([]);
  };
  const queue = new GroupCommit(commit, maxEvents, undefined, bounds);
  const letThrough = async () => {
    waiting.shift()?.();
    await turn();
  };
  return { queue, commits, letThrough, most: () => most };
}

describe('group commit', () => {
  it('carries what one turn of the event loop appends in one commit, in call order', async () => {
    const { queue, commits } = held();
    for (const room of ['a', 'b', 'a']) void queue.append(room, events(1));
    expect(commits).toEqual([]);
    await turn();
    expect(commits).toEqual([['a', 'b', 'a']]);
  });

  it('makes the next commit of what arrives while one is in flight, never two at once', async () => {
    const { queue, commits, letThrough, most } = held();
    void queue.append('1', events(1));
    await turn();
    void queue.append('2', events(1));
    await turn();
    void queue.append('3', events(1));
    await turn();
    expect(commits).toEqual([['1']]);
    await letThrough();
    expect(commits).toEqual([['1'], ['2', '3']]);
    await letThrough();
    expect(most()).toBe(1);
  });

  it('answers each caller when its own commit is through', async () => {
    const { queue, letThrough } = held();
    const done: string[] = [];
    void queue.append('1', events(1)).then(() => done.push('1'));
    await turn();
    void queue.append('2', events(1)).then(() => done.push('2'));
    await letThrough();
    expect(done).toEqual(['1']);
    await letThrough();
    expect(done).toEqual(['1', '2']);
  });

  it('bounds the events of a commit, and takes a call that is larger alone rather than never', async () => {
    const { queue, commits, letThrough } = held(4);
    void queue.append('large', events(9));
    for (const room of ['a', 'b', 'c']) void queue.append(room, events(2));
    await turn();
    await letThrough();
    await letThrough();
    expect(commits).toEqual([['large'], ['a', 'b'], ['c']]);
  });

  it.each([
    ['events', { events: 3, bytes: 1000 }],
    ['bytes', { events: 1000, bytes: 6 }],
  ])(
    'refuses what is above its bound on %s, takes it again later, and forgets nothing',
    async (_, bounds) => {
      const { queue, commits, letThrough } = held(undefined, bounds);
      void queue.append('in flight', events(9));
      await turn();
      void queue.append('a', events(2));
      void queue.append('b', events(1));
      expect(() => queue.append('c', events(1))).toThrow(QueueFull);
      await letThrough();
      void queue.append('d', events(1));
      await letThrough();
      await letThrough();
      expect(commits).toEqual([['in flight'], ['a', 'b'], ['d']]);
    },
  );

  it('passes a refusal on to its caller alone', async () => {
    const queue = new GroupCommit((batch) => {
      for (const { room, resolve, reject } of batch)
        if (room === 'gone') reject(new Error('gone'));
        else resolve([]);
    });
    const both = await Promise.allSettled([queue.append('gone', []), queue.append('r', [])]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  it('is settled when nothing is queued or in flight, and works on afterwards', async () => {
    const { queue, commits, letThrough } = held();
    await queue.settled();
    void queue.append('1', events(1));
    let settled = false;
    const waited = queue.settled().then(() => (settled = true));
    await turn();
    void queue.append('2', events(1));
    await letThrough();
    expect(settled).toBe(false);
    await letThrough();
    await waited;
    void queue.append('3', events(1));
    await turn();
    expect(commits).toEqual([['1'], ['2'], ['3']]);
  });
});
