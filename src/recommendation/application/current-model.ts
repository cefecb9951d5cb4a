import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Gauge } from 'prom-client';
import type { Logger } from '#libs/kernel';
import { CorruptModel, decodeModelGently, type Model } from '#libs/recommender';
import { CorruptRecord, DataStore, EventBus, type ModelInfo } from '#libs/state';
import { LOGGER } from '../../platform/logging/logger.js';
import { Metrics } from '../../platform/metrics/metrics.js';

/** How often another replica's activation is looked for where no hint of it arrived, ms. */
const checkEvery = 3000;
export const modelTopic = 'recommendation.model';

export interface Loaded {
  model: Model;
  sha256: string;
  /** What clients see of the version. */
  version: string;
}

/**
 * The active model, loaded by its hash: replicas with equal versions answer identically. The one in
 * use serves on while another is read, hashed and checked in parts, and when it cannot be had.
 */
@Injectable()
export class CurrentModel implements OnApplicationBootstrap, OnModuleDestroy {
  loaded: Loaded | null = null;
  private timer: NodeJS.Timeout | undefined;
  private loading: Promise<void> | undefined;
  /** Of a model that could not be loaded: said once. */
  private refused: string | undefined;
  private readonly endings: (() => unknown)[] = [];

  constructor(
    private readonly data: DataStore,
    private readonly bus: EventBus,
    @Inject(LOGGER) private readonly logger: Logger,
    metrics: Metrics,
  ) {
    const created: Gauge = new Gauge({
      name: 'maxiaoke_model_trained_timestamp_seconds',
      help: 'When the recommendation model in use was trained; 0 without one',
      registers: [metrics.registry],
      collect: () => created.set((this.loaded?.model.meta.trainedAt ?? 0) / 1000),
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    this.timer = setInterval(() => void this.refresh(), checkEvery).unref();
    this.endings.push(this.bus.onGap(() => void this.refresh()));
    void this.refresh();
    try {
      this.endings.push(await this.bus.subscribe(modelTopic, () => void this.refresh()));
    } catch (error) {
      this.logger.warn(
        { err: error },
        'no hints of new recommendation models; they are polled for',
      );
    }
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    for (const end of this.endings) await end();
    await this.loading;
  }

  get version(): string | null {
    return this.loaded?.version ?? null;
  }

  /** Looks which one is active and loads it; those who ask meanwhile share it. */
  refresh(): Promise<void> {
    this.loading ??= this.load().finally(() => (this.loading = undefined));
    return this.loading;
  }

  private async load(): Promise<void> {
    let active: ModelInfo | null = null;
    try {
      active = await this.data.models.active();
      if (!active || active.sha256 === this.loaded?.sha256 || active.sha256 === this.refused)
        return;
      const blob = await this.data.models.get(active.sha256);
      if (!blob) return;
      const model = await decodeModelGently(blob);
      const version = active.sha256.slice(0, 12);
      this.loaded = { model, sha256: active.sha256, version };
      this.logger.info({ model: version, bytes: active.size }, 'recommendation model loaded');
    } catch (error) {
      // A store that was away may give it the next time; what is no model stays none.
      if (error instanceof CorruptModel || error instanceof CorruptRecord)
        this.refused = active?.sha256;
      this.logger.warn(
        { err: error, model: active?.sha256 },
        'the active recommendation model cannot be loaded; the last one stays in use',
      );
    }
  }
}
