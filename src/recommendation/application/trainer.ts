import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Clock, type Logger, newId } from '#libs/kernel';
import { encodeModel, type Interaction, train } from '#libs/recommender';
import { DataStore } from '#libs/state';
import { InteractionLog } from '../../course/index.js';
import { LOGGER } from '../../platform/logging/logger.js';
import { CurrentModel } from './current-model.js';

/** How often this process's own new interactions are looked for, ms, and every how many times everybody's. */
const checkEvery = 2000;
const checksPerCount = 30;
/** Training takes at most this share of the time. */
const share = 0.1;
const leaseMs = 120_000;
const pageSize = 5000;
/** Models kept besides the active one, to go back to. */
const kept = 2;

/** Trains under a lease and activates by compare-and-swap with its fencing token: of many replicas one trains. */
@Injectable()
export class Trainer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly owner = newId();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private trainedOn = -1;
  private seen = -1;
  private checks = 0;
  private notBefore = 0;

  constructor(
    private readonly data: DataStore,
    private readonly current: CurrentModel,
    private readonly log: InteractionLog,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.start();
    this.timer = setInterval(() => this.check(), checkEvery).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** One training where anything is new. @returns whether a model was activated */
  async trainOnce(): Promise<boolean> {
    const count = await this.data.interactions.count();
    if (count === 0 || count === this.trainedOn) return false;
    const now = this.clock.now();
    const lease = await this.data.leases.acquire(
      'recommendation-trainer',
      this.owner,
      now + leaseMs,
    );
    if (!lease) return false;
    try {
      const before = await this.data.models.active();
      const blob = encodeModel(train(await this.read(), { now }));
      const { sha256 } = await this.data.models.put(
        blob,
        JSON.stringify({ interactions: count }),
        now,
      );
      const activated = await this.data.models.activate(
        before?.sha256 ?? null,
        sha256,
        lease.fencing,
      );
      if (activated) await this.collect(sha256);
      this.trainedOn = count;
      await this.current.refresh();
      return activated;
    } finally {
      await this.data.leases.release('recommendation-trainer', this.owner);
    }
  }

  private check(): void {
    this.checks += 1;
    const news = this.log.appended !== this.seen || this.checks % checksPerCount === 0;
    if (news && this.clock.now() >= this.notBefore) this.start();
  }

  private start(): void {
    this.seen = this.log.appended;
    const started = this.clock.now();
    this.running = this.running
      .then(() => this.trainOnce())
      .then(
        () => undefined,
        (error: unknown) =>
          this.logger.warn({ err: error }, 'training failed; the last model stays in use'),
      )
      .then(() => {
        const ended = this.clock.now();
        this.notBefore = ended + (ended - started) / share;
      });
  }

  private async read(): Promise<Interaction[]> {
    const interactions: Interaction[] = [];
    let after: string | undefined;
    for (;;) {
      const page = await this.data.interactions.scan({
        limit: pageSize,
        ...(after !== undefined && { after }),
      });
      for (const { user, courseId, type, value, at } of page)
        interactions.push({
          user,
          item: courseId,
          type,
          at,
          ...(value !== undefined && { value }),
        });
      after = page.at(-1)?.id;
      if (page.length < pageSize) return interactions;
      // Others have their turn between pages.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  private async collect(active: string): Promise<void> {
    const others = (await this.data.models.list()).filter(({ sha256 }) => sha256 !== active);
    for (const { sha256 } of others.slice(kept)) await this.data.models.remove(sha256);
  }
}
