import { type DataStore, type Interaction, trendHalfLifeMs, trendLandmark } from '#libs/state';

const did = (id: string, more: Partial<Interaction> = {}): Interaction => ({
  id,
  user: 'u',
  courseId: 'c',
  type: 'view',
  at: 1,
  ...more,
});

export function interactionsContract(data: () => DataStore): void {
  describe('interactions', () => {
    it('are kept once by id and scanned ascending, page by page', async () => {
      await data().interactions.append([did('2', { type: 'rate', value: 4 }), did('1')]);
      await data().interactions.append([did('2'), did('3')]);
      expect(await data().interactions.count()).toBe(3);
      expect(await data().interactions.scan({ limit: 2 })).toEqual([
        did('1'),
        did('2', { type: 'rate', value: 4 }),
      ]);
      expect(await data().interactions.scan({ limit: 2, after: '2' })).toEqual([did('3')]);
    });

    it('of one user come newest first, ties by id', async () => {
      await data().interactions.append([
        did('1', { at: 5 }),
        did('2', { at: 9 }),
        did('3', { at: 5 }),
        did('4', { user: 'v' }),
      ]);
      expect((await data().interactions.recentOf('u', 2)).map(({ id }) => id)).toEqual(['2', '3']);
      expect(await data().interactions.recentOf('nobody', 2)).toEqual([]);
    });

    it('hide a course until it is taken back, whatever came in between', async () => {
      const { interactions } = data();
      await interactions.append([
        did('1', { type: 'hide' }),
        did('2', { type: 'hide', courseId: 'd' }),
      ]);
      for (let n = 0; n < 20; n += 1) await interactions.append([did(`3${n}`, { at: 50 })]);
      expect((await interactions.hiddenBy('u')).sort()).toEqual(['c', 'd']);
      expect(await interactions.hiddenBy('v')).toEqual([]);
      await interactions.append([did('4', { type: 'unhide', at: 2 })]);
      expect(await interactions.hiddenBy('u')).toEqual(['d']);
    });

    it('hide by what was done last, in whichever order it is stored, and once by id', async () => {
      const { interactions } = data();
      const hide = did('1', { type: 'hide', at: 5 });
      await interactions.append([did('9', { type: 'unhide', at: 7 })]);
      await interactions.append([hide]);
      expect(await interactions.hiddenBy('u')).toEqual([]);
      await interactions.append([did('2', { type: 'hide', at: 7, courseId: 'd' })]);
      await interactions.append([did('3', { type: 'unhide', at: 7, courseId: 'd' })]);
      await interactions.append([did('2', { type: 'hide', at: 7, courseId: 'd' }), hide]);
      expect(await interactions.hiddenBy('u')).toEqual([]);
    });

    it('raise the trend of their course once by id, however many store them at once', async () => {
      const { interactions } = data();
      const at = trendLandmark;
      const events = ['1', '2', '3', '4'].map((id) => did(id, { at, user: id, type: 'enrol' }));
      await Promise.all([0, 1, 2, 3].map((from) => interactions.append(events.slice(from))));
      await interactions.append([did('2', { at }), did('5', { at, user: '5', type: 'enrol' })]);
      expect(await interactions.trending(5)).toEqual([{ courseId: 'c', weight: 5 }]);
      expect(await interactions.count()).toBe(5);
    });

    it('trend by weights that double with every half-life, largest first, ties by course', async () => {
      const { interactions } = data();
      const enrolled = (id: string, courseId: string, halfLives: number) =>
        did(id, { type: 'enrol', courseId, at: trendLandmark + halfLives * trendHalfLifeMs });
      await interactions.append([enrolled('1', 'old', 1), enrolled('2', 'new', 3)]);
      await interactions.append([enrolled('3', 'also old', 1), enrolled('4', 'ancient', -2000)]);
      expect(await interactions.trending(3)).toEqual([
        { courseId: 'new', weight: 8 },
        { courseId: 'also old', weight: 2 },
        { courseId: 'old', weight: 2 },
      ]);
      expect(await interactions.trending(1)).toHaveLength(1);
    });

    it('keep every bit of a fraction, in values and in sums', async () => {
      const { interactions } = data();
      const [at, later] = [
        trendLandmark + 3 * trendHalfLifeMs,
        trendLandmark + 7 * trendHalfLifeMs,
      ];
      const value = 91.19999999999999;
      await interactions.append([
        did('1', { at: later }),
        did('2', { at: later, type: 'rate', value }),
        did('3', { at, user: 'v' }),
      ]);
      expect(await interactions.trending(1)).toEqual([{ courseId: 'c', weight: value }]);
      expect(await interactions.scan({ limit: 1, after: '1' })).toMatchObject([{ value }]);
    });

    it('of one user and type count once where they come together', async () => {
      const { interactions } = data();
      const at = trendLandmark;
      await interactions.append(['1', '2', '3'].map((id) => did(id, { at, type: 'enrol' })));
      await interactions.append([did('4', { at, type: 'hide' })]);
      expect(await interactions.trending(5)).toEqual([{ courseId: 'c', weight: 1 }]);
    });
  });
}
