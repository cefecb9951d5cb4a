import { compareCodePoints, type Interaction, Interactions } from '#libs/state';
import type { Gate } from './base.js';

export class MemoryInteractions extends Interactions {
  private readonly byId = new Map<string, Interaction>();
  private readonly byUser = new Map<string, Interaction[]>();

  constructor(private readonly gate: Gate) {
    super();
  }

  async append(events: readonly Interaction[]): Promise<void> {
    this.gate.check();
    for (const given of events) {
      if (this.byId.has(given.id)) continue;
      const event = { ...given };
      this.byId.set(event.id, event);
      const own = this.byUser.get(event.user);
      if (own) own.push(event);
      else this.byUser.set(event.user, [event]);
    }
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
    const ids = [...this.byId.keys()]
      .filter((id) => after === undefined || compareCodePoints(id, after) > 0)
      .sort(compareCodePoints);
    return ids
      .slice(0, limit)
      .flatMap((id) => this.byId.get(id) ?? [])
      .map((event) => ({ ...event }));
  }

  async count(): Promise<number> {
    this.gate.check();
    return this.byId.size;
  }
}
