import { type Interaction, Interactions, isAboutHiding, type Trend, trendsOf } from '#libs/state';
import { insertMissing } from './bulk.js';
import { isDuplicateKey } from './errors.js';
import type { Handle } from './handle.js';

interface InteractionDocument extends Omit<Interaction, 'id'> {
  _id: string;
}

interface TrendDocument {
  _id: string;
  weight: number;
}

interface HidingDocument {
  _id: string;
  user: string;
  courseId: string;
  hidden: boolean;
  at: number;
  event: string;
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

  private get trends() {
    return this.handle.collection<TrendDocument>('trends');
  }

  private get hiding() {
    return this.handle.collection<HidingDocument>('hidden_courses');
  }

  async append(events: readonly Interaction[]): Promise<void> {
    await this.handle.write(async () => {
      const fresh = await insertMissing(
        this.interactions,
        events.map(({ id, ...event }) => ({ _id: id, ...event })),
      );
      const stored = fresh.map(interactionOf);
      for (const event of stored.filter(isAboutHiding)) await this.noteHiding(event);
      const raised = trendsOf(stored).map(({ courseId, weight }) => ({
        updateOne: {
          filter: { _id: courseId },
          update: { $inc: { weight } },
          upsert: true,
        },
      }));
      if (raised.length > 0) await this.trends.bulkWrite(raised, { ordered: false });
    });
  }

  async hiddenBy(user: string): Promise<string[]> {
    return this.handle.read(async () => {
      const found = await this.hiding.find({ user, hidden: true }).toArray();
      return found.map(({ courseId }) => courseId);
    });
  }

  async trending(limit: number): Promise<Trend[]> {
    return this.handle.read(async () => {
      const found = await this.trends.find().sort({ weight: -1, _id: 1 }).limit(limit).toArray();
      return found.map(({ _id, weight }) => ({ courseId: _id, weight }));
    });
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

  /** The upsert collides where a later event was noted before, or another process was quicker: then once more. */
  private async noteHiding({ id, user, courseId, type, at }: Interaction): Promise<void> {
    const _id = JSON.stringify([user, courseId]);
    const earlier = { $or: [{ at: { $lt: at } }, { at, event: { $lt: id } }] };
    const next = { user, courseId, hidden: type === 'hide', at, event: id };
    for (;;) {
      try {
        await this.hiding.updateOne({ _id, ...earlier }, { $set: next }, { upsert: true });
        return;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        if (!(await this.hiding.findOne({ _id, ...earlier }))) return;
      }
    }
  }
}
