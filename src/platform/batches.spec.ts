import { StoreUnavailable } from '#libs/state';
import { Batches } from './batches.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('batches', () => {
  it('carry what one turn adds in one call, and what comes meanwhile in the next', async () => {
    const calls: number[][] = [];
    const waiting: (() => void)[] = [];
    const batches = new Batches<number>((items) => {
      calls.push(items);
      return new Promise((resolve) => waiting.push(resolve));
    });
    const done = [batches.add(1), batches.add(2)];
    await turn();
    done.push(batches.add(3), batches.add(4));
    await turn();
    expect(calls).toEqual([[1, 2]]);
    waiting.shift()?.();
    await Promise.all(done.slice(0, 2));
    await turn();
    expect(calls).toEqual([
      [1, 2],
      [3, 4],
    ]);
    waiting.shift()?.();
    await Promise.all(done);
    await batches.settled();
  });

  it('fail only what the store does not take', async () => {
    const batches = new Batches<string>((items) =>
      items.includes('bad') ? Promise.reject(new Error('bad')) : Promise.resolve(),
    );
    const results = await Promise.allSettled(
      ['one', 'bad', 'two'].map((item) => batches.add(item)),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('ask a store that is unavailable once, not once an item', async () => {
    let calls = 0;
    const batches = new Batches<string>(() => {
      calls += 1;
      return Promise.reject(new StoreUnavailable('away'));
    });
    const results = await Promise.allSettled(['one', 'two'].map((item) => batches.add(item)));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(calls).toBe(1);
  });
});
