import type { Clock } from '#libs/kernel';
import { CorruptRecord, type DataStore, type ModelInfo } from '#libs/state';
import { Traced } from '../../platform/tracing/spans.js';
import { InteractionFeed } from './interaction-feed.js';
import { type ModelRecord, recordOf } from './model-record.js';
import { restAmid } from './room-for-others.js';
import { TrainingLease } from './training-lease.js';
import { TrainingThread } from './training-thread.js';
import type { TrainingReport } from './training-work.js';

/** The first model is needed soon; those that follow may be chosen with care. */
const firstBudgetMs = 1000;

export interface TrainingSettings {
  /** How much lower than the active model's the nDCG of a new one may be. */
  margin: number;
  /** Models kept besides the active one, to go back to. */
  keep: number;
  /** For choosing hyper-parameters, ms. */
  budgetMs: number;
  leaseMs: number;
  /** The process does nothing else, so that reading need not make room. */
  alone?: boolean;
}

export type TrainingOutcome =
  | { outcome: 'busy'; detail: string }
  | {
      /** `worse`: below the active model by more than the margin; `overtaken`: the active one was changed meanwhile. */
      outcome: 'activated' | 'worse' | 'overtaken';
      model: string;
      record: ModelRecord;
    };

export type OnTraining = (step: string, done: number) => void;

/** Makes models of what is stored, and activates those that are no worse: of many processes one at a time. */
export class Training {
  private readonly thread: TrainingThread;
  private readonly feed: InteractionFeed;
  private lease: TrainingLease | undefined;

  constructor(
    private readonly data: Pick<DataStore, 'interactions' | 'models' | 'leases'>,
    private readonly clock: Clock,
    private readonly settings: TrainingSettings,
  ) {
    this.thread = new TrainingThread(() => this.feed.reset());
    this.feed = new InteractionFeed(data, this.thread, settings.alone ? () => 0 : restAmid());
  }

  /** Ends what is under way, without a trace. */
  async close(): Promise<void> {
    this.lease?.abort(new Error('this process stops'));
    await this.thread.end();
  }

  /** @throws StoreUnavailable, LeaseLost, or what went wrong in training: the active model is as it was */
  @Traced('recommendation.train')
  async run(onProgress: OnTraining = () => undefined): Promise<TrainingOutcome> {
    const lease = await TrainingLease.acquire(this.data, this.clock, this.settings.leaseMs);
    if (!lease) return { outcome: 'busy', detail: 'another process trains at the moment' };
    this.lease = lease;
    try {
      return await this.under(lease, onProgress);
    } finally {
      this.lease = undefined;
      await lease.release();
    }
  }

  private async under(lease: TrainingLease, onProgress: OnTraining): Promise<TrainingOutcome> {
    const { models } = this.data;
    const { signal } = lease;
    const started = performance.now();
    const active = await models.active();
    const { total } = await this.feed.catchUp(signal, (read, of) =>
      onProgress('reading', of > 0 ? read / of : 1),
    );
    const trainedAt = this.clock.now();
    const { blob, report } = await this.thread.train(
      {
        trainedAt,
        seed: 1,
        budgetMs: active ? this.settings.budgetMs : Math.min(firstBudgetMs, this.settings.budgetMs),
        active: active && (await this.comparable(active)),
      },
      signal,
      onProgress,
    );
    const record: ModelRecord = {
      ...report,
      interactions: total,
      seconds: Math.round(performance.now() - started) / 1000,
    };
    signal.throwIfAborted();
    const { sha256 } = await models.put(blob, JSON.stringify(record), trainedAt);
    if (isWorse(report, this.settings.margin)) return this.unused('worse', sha256, record);
    if (signal.aborted || !(await models.activate(active?.sha256 ?? null, sha256, lease.fencing)))
      return this.unused('overtaken', sha256, record);
    await this.collect(sha256);
    return { outcome: 'activated', model: sha256, record };
  }

  private async unused(
    outcome: 'worse' | 'overtaken',
    model: string,
    record: ModelRecord,
  ): Promise<TrainingOutcome> {
    await this.data.models.remove(model);
    return { outcome, model, record };
  }

  private async comparable(active: ModelInfo) {
    const blob = await this.data.models.get(active.sha256).catch((error: unknown) => {
      // A damaged model cannot be served either: any other is better.
      if (error instanceof CorruptRecord) return null;
      throw error;
    });
    return blob && { blob, share: recordOf(active).share ?? 0 };
  }

  private async collect(active: string): Promise<void> {
    const others = (await this.data.models.list()).filter(({ sha256 }) => sha256 !== active);
    for (const { sha256 } of others.slice(this.settings.keep))
      await this.data.models.remove(sha256);
  }
}

const isWorse = ({ ndcg, activeNdcg }: TrainingReport, margin: number): boolean =>
  activeNdcg !== null && !(ndcg !== null && ndcg >= activeNdcg - margin);
