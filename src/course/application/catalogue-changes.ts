import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import type { Logger } from '#libs/kernel';
import { DataStore, EventBus } from '#libs/state';
import { ResponseCache } from '../../platform/http/response-cache.js';
import { LOGGER } from '../../platform/logging/logger.js';

/** The scope of cached answers that show courses, and the topic of hints that they changed. */
export const CATALOGUE = 'catalogue';

/** How often another writer's changes are looked for where the hint was lost, ms. */
const checkEvery = 2000;

/** Says that what the catalogue shows has changed: to this process's cache at once, to other replicas by the bus. */
@Injectable()
export class CatalogueChanges implements OnApplicationBootstrap, OnModuleDestroy {
  private unsubscribe: (() => Promise<void>) | undefined;
  private timer: NodeJS.Timeout | undefined;
  private revision = -1;
  private telling: Promise<void> | undefined;
  private again = false;

  constructor(
    private readonly data: DataStore,
    private readonly bus: EventBus,
    private readonly cache: ResponseCache,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.unsubscribe = await this.bus.subscribe(CATALOGUE, () => this.cache.invalidate(CATALOGUE));
    // A store that only this process opens has no other writer.
    if (!this.data.traits.shared) return;
    this.timer = setInterval(() => void this.check(), checkEvery).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.telling;
    await this.unsubscribe?.();
  }

  /** To be called after a write has been stored and before its author is answered. */
  changed(): void {
    this.cache.invalidate(CATALOGUE);
    this.again = true;
    this.telling ??= this.tell().finally(() => (this.telling = undefined));
  }

  /** What changes while a hint is on its way is told by one more. */
  private async tell(): Promise<void> {
    while (this.again) {
      this.again = false;
      await this.bus
        .publish(CATALOGUE, '')
        .catch((error: unknown) =>
          this.logger.warn(
            { err: error },
            'other replicas learn of a change by looking, not by the bus',
          ),
        );
    }
  }

  private async check(): Promise<void> {
    try {
      const revision = await this.data.courses.revision();
      if (revision !== this.revision) this.cache.invalidate(CATALOGUE);
      this.revision = revision;
    } catch (error) {
      // Nothing is known of what others wrote: an old answer must not pass for a new one.
      this.cache.invalidate(CATALOGUE);
      this.logger.debug({ err: error }, 'the catalogue’s revision cannot be read');
    }
  }
}
