import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Clock, type Logger } from '#libs/kernel';
import { DataStore, EventBus } from '#libs/state';
import { ENV } from '../../env.js';
import { LOGGER } from '../../platform/logging/logger.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { isDue, settingsOf, type TrainingVariables } from '../training/schedule.js';
import { Training, type TrainingOutcome } from '../training/training.js';
import { CurrentModel, modelTopic } from './current-model.js';

/** How often a process looks whether there is enough to train on, as long as there is no model; ms. */
const firstLookEvery = 2000;

/** Trains when it is time and there is something new. Every replica looks; the lease lets one of them. */
@Injectable()
export class Trainer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly training: Training;
  private readonly outcomes: Counter<'outcome'>;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<unknown> | undefined;
  private closed = false;
  private progress = 0;
  private ndcg = 0;

  constructor(
    private readonly data: DataStore,
    private readonly bus: EventBus,
    private readonly current: CurrentModel,
    clock: Clock,
    @Inject(ENV) private readonly settings: TrainingVariables,
    @Inject(LOGGER) private readonly logger: Logger,
    { registry }: Metrics,
  ) {
    this.training = new Training(data, clock, settingsOf(settings));
    this.outcomes = new Counter({
      name: 'maxiaoke_trainings_total',
      help: 'Trainings of the recommendation model by outcome: activated, worse, overtaken, busy, failed',
      labelNames: ['outcome'],
      registers: [registry],
    });
    const progress: Gauge = new Gauge({
      name: 'maxiaoke_training_progress',
      help: 'How far the training under way in this process is, 0 to 1; 0 while there is none',
      registers: [registry],
      collect: () => progress.set(this.progress),
    });
    const ndcg: Gauge = new Gauge({
      name: 'maxiaoke_training_ndcg',
      help: 'nDCG on held-out interactions of the last model that this process trained',
      registers: [registry],
      collect: () => ndcg.set(this.ndcg),
    });
  }

  onApplicationBootstrap(): void {
    if (this.settings.TRAIN_EVERY > 0) this.schedule(0);
  }

  async onModuleDestroy(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.training.close();
    await this.running;
  }

  /** One training now, whatever the schedule says; undefined where it failed, which is logged. */
  async train(): Promise<TrainingOutcome | undefined> {
    try {
      const result = await this.training.run((step, done) => {
        this.progress = step === 'reading' ? done * 0.1 : 0.1 + done * 0.9;
      });
      this.outcomes.inc({ outcome: result.outcome });
      await this.tell(result);
      return result;
    } catch (error) {
      if (this.closed) return undefined;
      this.outcomes.inc({ outcome: 'failed' });
      this.logger.warn({ err: error }, 'training failed; the active model stays in use');
      return undefined;
    } finally {
      this.progress = 0;
    }
  }

  private schedule(ms: number): void {
    if (this.closed) return;
    this.timer = setTimeout(() => {
      this.running = this.look().finally(() => this.schedule(this.pause()));
    }, ms).unref();
  }

  /** Replicas that started together do not look together. */
  private pause(): number {
    if (this.current.loaded === null) return firstLookEvery;
    return this.settings.TRAIN_EVERY * 1000 * (0.9 + 0.2 * Math.random());
  }

  private async look(): Promise<void> {
    try {
      if (!(await isDue(this.data, this.settings.TRAIN_MIN_EVENTS))) return;
    } catch (error) {
      this.logger.warn({ err: error }, 'cannot tell whether to train');
      return;
    }
    await this.train();
  }

  private async tell(result: TrainingOutcome): Promise<void> {
    if (result.outcome === 'busy') return;
    const { outcome, record } = result;
    const model = result.model.slice(0, 12);
    this.ndcg = record.ndcg ?? 0;
    this.logger.info({ model, ...record }, `training ended: ${outcome}`);
    if (outcome !== 'activated') return;
    await this.current.refresh();
    // Only a hint: whoever misses it finds the model by itself.
    await this.bus
      .publish(modelTopic, result.model)
      .catch((error: unknown) => this.logger.debug({ err: error }, 'no hint of the new model'));
  }
}
