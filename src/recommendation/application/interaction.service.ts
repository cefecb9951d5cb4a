import { Injectable } from '@nestjs/common';
import { AppError, Clock } from '#libs/kernel';
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
    const known = new Set(
      (await this.data.courses.cards(events.map(({ courseId }) => courseId))).map(({ id }) => id),
    );
    const accepted: NewInteraction[] = [];
    const rejected: InteractionsReport['rejected'] = [];
    for (const [index, event] of events.entries()) {
      const message = this.fault(event, known);
      if (message !== undefined) {
        rejected.push({ index, message });
        continue;
      }
      const { type, courseId, value, at, userId = caller.id } = event;
      accepted.push({
        user: userId,
        courseId,
        type,
        ...(value !== undefined && { value }),
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
    if (type === 'rate' && value === undefined) return 'a rating needs a value of 1 to 5';
    if (type !== 'rate' && value !== undefined) return 'only a rating has a value';
    if (at !== undefined && Date.parse(at) > this.clock.now() + skewMs)
      return 'at lies in the future';
    return undefined;
  }
}
