import { Injectable } from '@nestjs/common';
import { AppError, Clock, toRfc3339 } from '#libs/kernel';
import type { InteractionInput, InteractionsReport } from '#libs/protocol';
import { DataStore } from '#libs/state';
import { InteractionLog, type NewInteraction } from '../../course/index.js';
import { type Caller, hasRole } from '../../platform/http/caller.js';

/** Clocks of clients may be ahead by so much, ms. */
const skewMs = 60_000;

/** What clients report of their users. A bad event is named by its place; the others are stored. */
@Injectable()
export class InteractionService {
  constructor(
    private readonly data: DataStore,
    private readonly log: InteractionLog,
    private readonly clock: Clock,
  ) {}

  async report(caller: Caller, events: readonly InteractionInput[]): Promise<InteractionsReport> {
    if (
      !hasRole(caller, 'admin') &&
      events.some(({ userId }) => userId !== undefined && userId !== caller.id)
    ) {
      throw new AppError('forbidden', 'only an administrator reports for others (userId)');
    }
    const cards = await this.data.courses.cards([
      ...new Set(events.map(({ courseId }) => courseId)),
    ]);
    // Who may not see a draft is not told that there is one.
    const known = new Set(
      cards
        .filter(({ status }) => status !== 'draft' || hasRole(caller, 'admin'))
        .map(({ id }) => id),
    );
    const places = new Map<string, number>();
    const accepted: NewInteraction[] = [];
    const rejected: InteractionsReport['rejected'] = [];
    for (const [index, event] of events.entries()) {
      const { userId = caller.id, courseId, type, at, value } = event;
      const key = JSON.stringify([userId, courseId, type, at]);
      // Without a time of their own two are two: somebody looked twice.
      const first = at === undefined ? undefined : places.get(key);
      const message =
        first === undefined ? this.fault(event, known) : `the same event as at index ${first}`;
      if (message !== undefined) {
        rejected.push({ index, message });
        continue;
      }
      places.set(key, index);
      accepted.push({
        user: userId,
        courseId,
        type,
        ...(typeof value === 'number' && { value }),
        ...(at !== undefined && { at: Date.parse(at) }),
      });
    }
    await this.log.append(accepted);
    return { accepted: accepted.length, rejected };
  }

  private fault(
    { courseId, type, value, at }: InteractionInput,
    known: ReadonlySet<string>,
  ): string | undefined {
    if (!known.has(courseId)) return `there is no course ${courseId}`;
    if (type === 'rate' && !(typeof value === 'number' && value >= 1 && value <= 5))
      return `a rating needs a value of 1 to 5 (got ${value ?? 'none'})`;
    if (type !== 'rate' && value !== undefined) return 'only a rating has a value';
    if (at !== undefined && Date.parse(at) > this.clock.now() + skewMs)
      return `at lies in the future: ${at}; the server’s clock says ${toRfc3339(this.clock.now())}`;
    return undefined;
  }
}
