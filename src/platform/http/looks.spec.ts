import { Looks } from './looks.js';

describe('looks at what others change', () => {
  /** Looks that end when they are told to, and the order in which they began. */
  function held() {
    const ends: ((value: string) => void)[] = [];
    const looks = new Looks(() => new Promise<string>((resolve) => void ends.push(resolve)));
    return { looks, ends };
  }
  const ticks = () => new Promise((resolve) => setImmediate(resolve));

  it('are shared by those who ask while one is under way, but it is the next that answers', async () => {
    const { looks, ends } = held();
    const first = looks.ask();
    await ticks();
    const [second, third] = [looks.ask(), looks.ask()];
    await ticks();
    expect(ends).toHaveLength(1);
    ends[0]?.('before');
    expect(await first).toBe('before');
    await ticks();
    expect(ends).toHaveLength(2);
    ends[1]?.('after');
    expect(await Promise.all([second, third])).toEqual(['after', 'after']);
  });

  it('of who asks in rapid succession are one, which begins after all of them asked', async () => {
    let [changes, looked] = [0, 0];
    const looks = new Looks(async () => {
      looked += 1;
      return changes;
    }, 20);
    expect(await looks.ask()).toBe(0);
    const asked: Promise<number>[] = [];
    for (let n = 0; n < 10; n += 1) {
      changes += 1;
      asked.push(looks.ask());
      await ticks();
    }
    expect(await Promise.all(asked)).toEqual(asked.map(() => 10));
    expect(looked).toBe(2);
  });

  it('fail for those who asked, and for nobody later', async () => {
    let fails = true;
    const looks = new Looks(async () => {
      if (fails) throw new Error('gone');
      return 'back';
    });
    await expect(Promise.all([looks.ask(), looks.ask()])).rejects.toThrow('gone');
    fails = false;
    expect(await looks.ask()).toBe('back');
  });
});
