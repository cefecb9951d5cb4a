import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Clock, type Logger, newId } from '#libs/kernel';
import { encodeModel, type Interaction, train } from '#libs/recommender';
import { DataStore, type ModelInfo } from '#libs/state';
import { InteractionLog } from '../../course/index.js';
import { LOGGER } from '../../platform/logging/logger.js';
import { Traced } from '../../platform/tracing/spans.js';
import { CurrentModel } from './current-model.js';

/** How often this process's own new interactions are looked for, ms, and every how many times everybody's. */
const checkEvery = 2000;
const checksPerCount = 30;
/** Training takes at most this share of the time. */
const share = 0.05;
/** An answer waits for no training that takes longer, ms. */
const quick = 250;
/** A model this old is made anew though nothing was added: what trends depends on the time, ms. */
const staleAfter = 3600_000;
const leaseMs = 120_000;
const pageSize = 5000;
/** Models kept besides the active one, to go back to. */
const kept = 2;

/** Trains under a lease and activates by compare-and-swap with its fencing token: of many replicas one trains. */
@Injectable()
export class Trainer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly owner = newId();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  /** How many interactions of this process the last training could see. */
  private seen = -1;
  private took = 0;
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
    void this.start();
    this.timer = setInterval(() => this.check(), checkEvery).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** Before an answer: what this process was just told counts in it, as long as training is quick. */
  async catchUp(): Promise<void> {
    if (this.news() && this.took <= quick) await this.start();
  }

  /** One training where anything is new. @returns whether a model was activated */
  @Traced('recommendation.train')
  async trainOnce(): Promise<boolean> {
    this.seen = this.log.appended;
    const count = await this.data.interactions.count();
    const before = await this.data.models.active();
    const now = this.clock.now();
    if (count === 0 || (before && madeOf(before) === count && now - before.createdAt < staleAfter))
      return false;
    const lease = await this.data.leases.acquire(
      'recommendation-trainer',
      this.owner,
      now + leaseMs,
    );
    if (!lease) return false;
    try {
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
      await this.current.refresh();
      return activated;
    } finally {
      await this.data.leases.release('recommendation-trainer', this.owner);
    }
  }

  private check(): void {
    this.checks += 1;
    if (this.news() || this.checks % checksPerCount === 0) void this.start();
  }

  /** Whether this process was told something since, and the last training is paid for. */
  private news(): boolean {
    return this.log.appended !== this.seen && performance.now() >= this.notBefore;
  }

  private start(): Promise<void> {
    this.running ??= this.timed().finally(() => (this.running = undefined));
    return this.running;
  }

  private async timed(): Promise<void> {
    const started = performance.now();
    try {
      await this.trainOnce();
    } catch (error) {
      this.logger.warn({ err: error }, 'training failed; the last model stays in use');
    }
    const ended = performance.now();
    this.took = ended - started;
    this.notBefore = ended + this.took / share;
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

/** How many interactions a model was made of. */
function madeOf({ meta }: ModelInfo): number | undefined {
  const { interactions } = JSON.parse(meta) as { interactions?: number };
  return interactions;
}
