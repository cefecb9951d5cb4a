import type { Interactions } from '../data/interactions.js';
import type { Step } from '../step.js';
import type { Algorithm, FactorPart, Model, NeighbourPart } from '../model/model.js';
import type { ContextOptions } from './context.js';
import { type Trained, Training } from './training.js';

export interface TrainOptions extends ContextOptions {
  /** The blend where absent. */
  algorithm?: Algorithm;
  /** ms since the epoch, for `meta.trainedAt`. */
  trainedAt: number;
  /** Item–item weights that are kept for each item; 200 where absent. */
  strongest?: number;
}

/**
 * Chooses parameters on an inner split, then fits on all, as a model for serving. Equal data, seeds and times give
 * equal models as long as choosing is not cut short by its budget; what it does not reach keeps its default.
 * The event loop turns between steps; `signal` ends training there, with its reason.
 */
export async function train(data: Interactions, options: TrainOptions): Promise<Model> {
  const training = new Training(data, options);
  const trained = await training.fit(options.algorithm ?? 'blend');
  return served(data, trained, { ...options, step: training.stepOf('keeping the strongest') });
}

/** The bounded form of what was trained. */
export async function served(
  data: Interactions,
  { algorithm, parameters, metrics, parts }: Trained,
  {
    trainedAt,
    strongest = 200,
    step = () => undefined,
  }: Pick<TrainOptions, 'trainedAt' | 'strongest'> & { step?: Step },
): Promise<Model> {
  const neighbours: NeighbourPart[] = [];
  let factors: FactorPart | null = null;
  for (const { fitted, share } of parts) {
    const part = share === 0 ? undefined : await fitted.part(strongest, step);
    if (part?.name === 'ials') factors = { ...part, share };
    else if (part) neighbours.push({ ...part, share });
  }
  return {
    meta: {
      algorithm,
      parameters,
      metrics,
      counts: { users: data.users.length, items: data.items.length, interactions: data.size },
      trainedAt,
    },
    items: data.items,
    popularity: Float32Array.from(data.itemCounts()),
    neighbours,
    factors,
  };
}
