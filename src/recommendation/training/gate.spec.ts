import { readInteractions } from '#libs/recommender';
import { heldOutShare, split } from './gate.js';

const rows = (users: number, each: number) =>
  Array.from({ length: users * each }, (_, n) => ({
    user: `user-${Math.floor(n / each)}`,
    item: `item-${(n * 31) % 97}`,
    weight: 1,
    at: 0,
  }));

describe('what is held out', () => {
  it('is nothing of little, a tenth of much, and never more than it takes', () => {
    expect([0, 1, 999].map(heldOutShare)).toEqual([0, 0, 0]);
    expect(heldOutShare(1000)).toBe(0.1);
    expect(heldOutShare(200_000)).toBe(0.1);
    expect(heldOutShare(300_000)).toBe(0.05);
    expect(heldOutShare(5_000_000)).toBeLessThan(0.005);
  });

  it('is the same of a pair whatever else there is, and not in what is trained on', async () => {
    const heldOut = async (given: ReturnType<typeof rows>) => {
      const data = await readInteractions(given);
      const parts = split(data);
      const out = new Set<string>();
      for (let user = 0; user < data.users.length; user += 1)
        for (let cell = data.start[user]!; cell < data.start[user + 1]!; cell += 1)
          if (parts.heldOut[cell])
            out.add(`${data.users[user]} ${data.items[data.columns[cell]!]}`);
      expect(parts.train.size + out.size).toBe(data.size);
      return { out, size: data.size };
    };
    const [some, more] = [await heldOut(rows(100, 20)), await heldOut(rows(200, 20))];
    expect(some.out.size / some.size).toBeCloseTo(0.1, 1);
    expect([...some.out].every((pair) => more.out.has(pair))).toBe(true);
  });
});
