import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import type { Logger } from '#libs/kernel';
import { LOGGER } from '../../platform/logging/logger.js';
import { CourseIndex } from './course-index.js';
import { CourseReindex } from './course-reindex.js';

/** Between pages, ms: requests come first. */
const rest = 20;

/** Makes search documents anew in the background, by one replica, where this one met documents at its start that it could not read. */
@Injectable()
export class BackgroundReindex implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stop = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly index: CourseIndex,
    private readonly reindex: CourseReindex,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    if (this.index.outdated > 0) this.running = this.run();
  }

  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    try {
      const done = await this.reindex.run({ signal: this.stop.signal, rest });
      if (done) this.logger.info({ ...done }, 'search documents of an earlier version made anew');
    } catch (error) {
      this.logger.warn({ err: error }, 'search documents stay as they are until the next start');
    }
  }
}
