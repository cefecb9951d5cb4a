import { readInteractions } from '../data/index.js';
import { train } from '../training/train.js';
import { decodeModel, encodeModel, HistoryScorer, scoreHistory, similarItems } from './index.js';

const rows = (pairs: string) =>
  pairs.split(' ').map((pair) => ({ user: pair[0]!, item: pair[1]!, weight: 1, at: 0 }));

describe('a model', () => {
  it('is the same after encoding and decoding', async () => {
    const model = await train(await readInteractions(rows('ux uy vx vy wx wz')), { trainedAt: 7 });
    expect(decodeModel(encodeModel(model))).toEqual(model);
  });

  it('scores what goes with the history, and says why', async () => {
    const model = await train(await readInteractions(rows('ux uy vx vy wz wq')), { trainedAt: 7 });
    const scores = scoreHistory(model, [{ item: 'x', weight: 1 }]);
    expect(model.items[scores.indexOf(Math.max(...scores))]).toBe('y');
    expect(new HistoryScorer(model, [{ item: 'x', weight: 1 }]).explain('y')?.item).toBe('x');
    expect(similarItems(model, 'z', 1).map(({ item }) => item)).toEqual(['q']);
  });
});
