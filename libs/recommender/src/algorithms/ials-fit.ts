import type { History } from '../data/history.js';
import { FoldIn } from '../model/fold-in.js';
import type { FactorPart } from '../model/model.js';
import { type Fitted, strengthened } from './fitted.js';

export class IalsFit implements Fitted {
  constructor(private readonly served: FactorPart) {}

  score(history: History, scores: Float64Array): void {
    const weights = strengthened(history, this.served.strength);
    scores.set(new FoldIn(this.served, { items: history.items, weights }).scores());
  }

  part(): Promise<FactorPart> {
    return Promise.resolve(this.served);
  }
}
