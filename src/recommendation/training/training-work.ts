import {
  CorruptModel,
  decodeModelGently,
  encodeModel,
  type Interactions,
  InteractionsBuilder,
  train,
} from '#libs/recommender';
import type { TrainingRows } from './interaction-feed.js';
import { gateDepth, measure, split } from './gate.js';

export interface TrainingOrder {
  trainedAt: number;
  seed: number;
  /** For choosing hyper-parameters. */
  budgetMs: number;
  /** The blob of the active model, and the share of pairs that was held out from it. */
  active: { blob: Uint8Array; share: number } | null;
}

export interface TrainingReport {
  algorithm: string;
  users: number;
  items: number;
  pairs: number;
  /** Share of pairs held out, and nDCG on them, of this model and of the active one; null where it cannot be measured. */
  share: number;
  k: number;
  ndcg: number | null;
  activeNdcg: number | null;
  parameters: Readonly<Record<string, number>>;
}

export interface Trained {
  blob: Uint8Array;
  report: TrainingReport;
}

/** The rows that are there, and models made of them. Lives in a thread of its own. */
export class TrainingWork {
  private builder = new InteractionsBuilder();

  clear(): void {
    this.builder = new InteractionsBuilder();
  }

  add({ users, courses, weights, times }: TrainingRows): void {
    for (const [at, user] of users.entries())
      this.builder.add({ user, item: courses[at]!, weight: weights[at]!, at: times[at]! });
  }

  async train(
    { trainedAt, seed, budgetMs, active }: TrainingOrder,
    onProgress: (step: string, done: number) => void,
    pause: () => Promise<void>,
  ): Promise<Trained> {
    const data = this.builder.build();
    const parts = split(data);
    const model = await train(parts.train, {
      trainedAt,
      seed,
      budgetMs,
      pause,
      onProgress: ({ step, done }) => onProgress(step, done * 0.9),
    });
    const blob = encodeModel(model);
    onProgress('measuring', 0.9);
    // As it will be loaded: what does not read back is not given out.
    const made = await measure(await decodeModelGently(blob), data, parts, pause);
    const before = active && active.share >= parts.share && parts.share > 0 ? active.blob : null;
    const activeNdcg = before && (await ndcgOf(before, data, parts, pause));
    onProgress('measuring', 1);
    return {
      blob,
      report: {
        algorithm: model.meta.algorithm,
        users: data.users.length,
        items: data.items.length,
        pairs: data.size,
        share: parts.share,
        k: gateDepth,
        ndcg: made?.ndcg ?? null,
        activeNdcg,
        parameters: model.meta.parameters,
      },
    };
  }
}

/** Null where the blob is no model of this version: then there is nothing to keep up with. */
async function ndcgOf(
  blob: Uint8Array,
  data: Interactions,
  parts: ReturnType<typeof split>,
  pause: () => Promise<void>,
): Promise<number | null> {
  try {
    return (await measure(await decodeModelGently(blob), data, parts, pause))?.ndcg ?? null;
  } catch (error) {
    if (error instanceof CorruptModel) return null;
    throw error;
  }
}
