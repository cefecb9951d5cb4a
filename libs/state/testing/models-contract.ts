import { createHash } from 'node:crypto';
import { type DataStore, NoSuchRecord } from '#libs/state';

const bytes = (text: string) => new TextEncoder().encode(text);

export function modelsContract(data: () => DataStore): void {
  describe('models', () => {
    it('are kept under their own hash, once', async () => {
      const sha256 = createHash('sha256').update('blob').digest('hex');
      expect(await data().models.put(bytes('blob'), '{}', 5)).toEqual({
        sha256,
        size: 4,
        createdAt: 5,
        meta: '{}',
      });
      expect(await data().models.put(bytes('blob'), '{"other":1}', 6)).toMatchObject({
        createdAt: 5,
        meta: '{}',
      });
      expect(await data().models.get(sha256)).toEqual(bytes('blob'));
      expect(await data().models.get('none')).toBeNull();
    });

    it('become active only from the one expected, and never by an older fencing token', async () => {
      const [a, b] = [
        await data().models.put(bytes('a'), '', 1),
        await data().models.put(bytes('b'), '', 2),
      ];
      expect(await data().models.active()).toBeNull();
      expect(await data().models.activate(b.sha256, a.sha256, 5)).toBe(false);
      expect(await data().models.activate(null, a.sha256, 5)).toBe(true);
      expect(await data().models.activate(null, b.sha256, 6)).toBe(false);
      expect(await data().models.activate(a.sha256, b.sha256, 4)).toBe(false);
      expect(await data().models.active()).toEqual(a);
      expect(await data().models.activate(a.sha256, b.sha256, 5)).toBe(true);
      await expect(data().models.activate(b.sha256, 'none', 9)).rejects.toThrow(NoSuchRecord);
    });

    it('are listed newest first and can be removed, the active one aside', async () => {
      const [a, b] = [
        await data().models.put(bytes('a'), '', 1),
        await data().models.put(bytes('b'), '', 2),
      ];
      await data().models.activate(null, a.sha256, 1);
      await data().models.remove(a.sha256);
      expect((await data().models.list()).map(({ sha256 }) => sha256)).toEqual([
        b.sha256,
        a.sha256,
      ]);
      await data().models.remove(b.sha256);
      expect(await data().models.list()).toEqual([a]);
    });

    it('stand behind a fence once it is shown: a predecessor that wakes up late activates nothing', async () => {
      const { models } = data();
      const [late, next] = [
        await models.put(bytes('late'), '', 1),
        await models.put(bytes('next'), '', 2),
      ];
      expect(await models.fence(3)).toBe(3);
      expect(await models.fence(4)).toBe(4);
      expect(await models.fence(0)).toBe(4);
      expect(await models.activate(null, late.sha256, 3)).toBe(false);
      expect(await models.activate(null, next.sha256, 4)).toBe(true);
      expect(await models.active()).toEqual(next);
    });

    it('of two that race for the same place one is active', async () => {
      const { models } = data();
      const infos = await Promise.all(
        ['a', 'b', 'c'].map((text, at) => models.put(bytes(text), '', at)),
      );
      const won = await Promise.all(infos.map(({ sha256 }) => models.activate(null, sha256, 1)));
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await models.active()).toEqual(infos[won.indexOf(true)]);
    });

    it('may be of many megabytes, and leave others their turn while they come and go', async () => {
      const { models } = data();
      const blob = new Uint8Array(9 * 1024 * 1024 + 5).map((_, at) => at % 251);
      let turns = 0;
      const timer = setInterval(() => (turns += 1), 0);
      const { sha256 } = await models.put(blob, '{}', 1);
      const written = turns;
      const read = await models.get(sha256);
      clearInterval(timer);
      expect(Buffer.compare(read ?? new Uint8Array(), blob)).toBe(0);
      expect(written).toBeGreaterThan(0);
      expect(turns).toBeGreaterThan(written);
    });

    it('may be empty', async () => {
      const { sha256 } = await data().models.put(new Uint8Array(), '', 1);
      expect(await data().models.get(sha256)).toEqual(new Uint8Array());
    });
  });
}
