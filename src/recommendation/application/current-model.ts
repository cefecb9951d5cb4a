import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import type { Logger } from '#libs/kernel';
import { coTaken } from '#libs/recommender';
import { DataStore } from '#libs/state';
import { LOGGER } from '../../platform/logging/logger.js';

/** How often another replica's activation is looked for, ms. */
const checkEvery = 5000;

/** The active model, loaded by its hash: replicas with equal versions answer identically. */
@Injectable()
export class CurrentModel implements OnApplicationBootstrap, OnModuleDestroy {
  model: coTaken.Model = coTaken.emptyModel;
  sha256: string | null = null;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly data: DataStore,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.refresh();
    this.timer = setInterval(() => void this.refresh(), checkEvery).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** What clients see of the version. */
  get version(): string | null {
    return this.sha256?.slice(0, 12) ?? null;
  }

  /** Goes on with the model it has where another cannot be had. */
  async refresh(): Promise<void> {
    try {
      const active = await this.data.models.active();
      if (!active || active.sha256 === this.sha256) return;
      const blob = await this.data.models.get(active.sha256);
      if (!blob) return;
      this.model = coTaken.decodeModel(blob);
      this.sha256 = active.sha256;
      this.logger.info({ model: this.version }, 'recommendation model loaded');
    } catch (error) {
      this.logger.warn(
        { err: error },
        'the active recommendation model cannot be loaded; the last one stays in use',
      );
    }
  }
}
