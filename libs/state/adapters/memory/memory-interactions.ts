import {
  compareCodePoints,
  type Interaction,
  Interactions,
  isAboutHiding,
  isLater,
  type Trend,
  trendsOf,
} from '#libs/state';
import type { Gate } from './base.js';

export class MemoryInteractions extends Interactions {
  private readonly byId = new Map<string, Interaction>();
  private readonly byUser = new Map<string, Interaction[]>();
  /** Ids ascending, but for those added since `sorted` was true. */
  private readonly ids: string[] = [];
  private sorted = true;
  /** user → course → the latest event about hiding it */
  private readonly hiding = new Map<string, Map<string, Interaction>>();
  /** course → weight */
  private readonly trends = new Map<string, number>();

  constructor(private readonly gate: Gate) {
    super();
  }

  async append(events: readonly Interaction[]): Promise<void> {
    this.gate.check();
    const fresh: Interaction[] = [];
    for (const given of events) {
      if (this.byId.has(given.id)) continue;
      const event = { ...given };
      this.byId.set(event.id, event);
      if (this.ids.length > 0 && compareCodePoints(event.id, this.ids.at(-1) ?? '') < 0)
        this.sorted = false;
      this.ids.push(event.id);
      const own = this.byUser.get(event.user);
      if (own) own.push(event);
      else this.byUser.set(event.user, [event]);
      if (isAboutHiding(event)) this.noteHiding(event);
      fresh.push(event);
    }
    for (const { courseId, weight } of trendsOf(fresh))
      this.trends.set(courseId, (this.trends.get(courseId) ?? 0) + weight);
  }

  async recentOf(user: string, limit: number): Promise<Interaction[]> {
    this.gate.check();
    const own = [...(this.byUser.get(user) ?? [])];
    return own
      .sort((one, other) => other.at - one.at || compareCodePoints(other.id, one.id))
      .slice(0, limit)
      .map((event) => ({ ...event }));
  }

  async scan({ limit, after }: { limit: number; after?: string }): Promise<Interaction[]> {
    this.gate.check();
    if (!this.sorted) this.ids.sort(compareCodePoints);
    this.sorted = true;
    const from = after === undefined ? 0 : this.firstAfter(after);
    return this.ids
      .slice(from, from + limit)
      .flatMap((id) => this.byId.get(id) ?? [])
      .map((event) => ({ ...event }));
  }

  async count(): Promise<number> {
    this.gate.check();
    return this.byId.size;
  }

  async hiddenBy(user: string): Promise<string[]> {
    this.gate.check();
    const latest = [...(this.hiding.get(user)?.values() ?? [])];
    return latest.flatMap(({ type, courseId }) => (type === 'hide' ? [courseId] : []));
  }

  async trending(limit: number): Promise<Trend[]> {
    this.gate.check();
    return [...this.trends]
      .map(([courseId, weight]) => ({ courseId, weight }))
      .sort(
        (one, other) =>
          other.weight - one.weight || compareCodePoints(one.courseId, other.courseId),
      )
      .slice(0, limit);
  }

  private noteHiding(event: Interaction): void {
    const own = this.hiding.get(event.user) ?? new Map<string, Interaction>();
    this.hiding.set(event.user, own);
    const before = own.get(event.courseId);
    if (!before || isLater(event, before)) own.set(event.courseId, event);
  }

  /** Where the ids after this one begin. */
  private firstAfter(after: string): number {
    let [low, high] = [0, this.ids.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareCodePoints(this.ids[middle] ?? '', after) > 0) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
