import { type Interaction, Interactions } from '#libs/state';
import { insertMissing } from './bulk.js';
import type { Handle } from './handle.js';

interface InteractionDocument extends Omit<Interaction, 'id'> {
  _id: string;
}

const interactionOf = ({
  _id,
  user,
  courseId,
  type,
  value,
  at,
}: InteractionDocument): Interaction => ({
  id: _id,
  user,
  courseId,
  type,
  ...(value !== undefined && { value }),
  at,
});

export class MongoInteractions extends Interactions {
  constructor(private readonly handle: Handle) {
    super();
  }

  private get interactions() {
    return this.handle.collection<InteractionDocument>('interactions');
  }

  async append(events: readonly Interaction[]): Promise<void> {
    await this.handle.write(() =>
      insertMissing(
        this.interactions,
        events.map(({ id, ...event }) => ({ _id: id, ...event })),
      ),
    );
  }

  async recentOf(user: string, limit: number): Promise<Interaction[]> {
    return this.handle.read(async () => {
      const found = await this.interactions
        .find({ user })
        .sort({ at: -1, _id: -1 })
        .limit(limit)
        .toArray();
      return found.map(interactionOf);
    });
  }

  async scan({ limit, after }: { limit: number; after?: string }): Promise<Interaction[]> {
    return this.handle.read(async () => {
      const found = await this.interactions
        .find(after === undefined ? {} : { _id: { $gt: after } })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray();
      return found.map(interactionOf);
    });
  }

  async count(): Promise<number> {
    return this.handle.read(() => this.interactions.countDocuments({}));
  }
}
