import type { Logger } from '#libs/kernel';
import type { Heads } from './heads.js';
import type { RoomFeed } from './room-feed.js';

/** Between two passes, ms: replicas that were started together do not stay together. */
const [leastPause, mostPause] = [2000, 4000];
/** Rooms that are caught up with at once. */
const atOnce = 8;

/**
 * Finds what no hint told of: every few seconds the heads of rooms that heard nothing are compared with
 * the store's, all in one call. A lost hint, a lost bus and a store that was away cost so long, and no
 * event. Whoever is behind reads once, a few rooms at a time.
 */
export class HeadWatch {
  /** Where each feed stood at the last pass. */
  private stood = new WeakMap<RoomFeed, number>();
  private timer: NodeJS.Timeout | undefined;
  private passing: Promise<void> | undefined;
  private failing = false;

  constructor(
    private readonly feeds: () => Iterable<RoomFeed>,
    private readonly heads: Heads,
    /** Others may write: rooms that heard nothing are compared too, not only those known to be behind. */
    private readonly others: boolean,
    private readonly logger: Logger,
  ) {}

  start(): void {
    const pause = leastPause + Math.random() * (mostPause - leastPause);
    this.timer = setTimeout(() => void this.pass().then(() => this.timer && this.start()), pause);
    this.timer.unref();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** Hints may be missing of any room: all are compared now. */
  async all(): Promise<void> {
    await this.passing;
    this.stood = new WeakMap();
    await this.pass();
  }

  private pass(): Promise<void> {
    this.passing ??= this.compare()
      .then(
        () => {
          if (this.failing) this.logger.info({}, 'rooms can be read again');
          this.failing = false;
        },
        (error: unknown) => {
          if (!this.failing && this.timer)
            this.logger.warn({ err: error }, 'rooms cannot be read on; trying again');
          this.failing = true;
        },
      )
      .finally(() => (this.passing = undefined));
    return this.passing;
  }

  private async compare(): Promise<void> {
    const quiet = [...this.feeds()].filter(
      (feed) => feed.behind || (this.others && this.rests(feed)),
    );
    await Promise.all(
      quiet.map(async (feed) => {
        const { head } = feed.position;
        feed.meet(await this.heads.of(feed.room), head);
      }),
    );
    const behind = quiet.filter((feed) => feed.behind);
    const work = Array.from({ length: atOnce }, async () => {
      for (let feed = behind.pop(); feed; feed = behind.pop()) await feed.catchUp();
    });
    await Promise.all(work);
  }

  /** Whether nothing was delivered since the last pass: where something was, a hint that is missing shows as a gap. */
  private rests(feed: RoomFeed): boolean {
    const { head } = feed.position;
    const rested = (this.stood.get(feed) ?? head) === head;
    this.stood.set(feed, head);
    return rested;
  }
}
