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
