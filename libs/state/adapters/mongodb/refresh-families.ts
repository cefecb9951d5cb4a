import type { AnyBulkWriteOperation } from 'mongodb';
import type { RefreshToken, Rotation, SessionState } from '#libs/state';
import type { Handle } from './handle.js';
import { upsert } from './mongo-rooms.js';

interface Token {
  /** Absent until it is. */
  spent?: true;
  expiresAt: number;
}

/** One document a family: spending one token and issuing the next, or revoking all, is one write. */
export interface FamilyDocument {
  _id: string;
  user: string;
  /** Every token's hash; what a token is looked up by. */
  hashes: string[];
  /** hash (hex) → the token */
  tokens: Record<string, Token>;
  /** The last deadline among the tokens. */
  expiresAt: number;
}

export class RefreshFamilies {
  constructor(private readonly handle: Handle) {}

  private get families() {
    return this.handle.collection<FamilyDocument>('families');
  }

  async issue(token: RefreshToken): Promise<void> {
    await upsert(() => this.families.bulkWrite(storing(token, false), { ordered: true }));
  }

  async rotate(hash: string, next: Pick<RefreshToken, 'hash' | 'expiresAt'>): Promise<Rotation> {
    const { now } = this.handle;
    for (;;) {
      const family = await this.families.findOne({ hashes: hash }, { readConcern: 'local' });
      const token = family?.tokens[hash];
      if (!family || !token || token.expiresAt <= now) return { outcome: 'unknown' };
      const { _id, user } = family;
      if (token.spent) {
        await this.families.deleteOne({ _id });
        return { outcome: 'reused', user };
      }
      const { matchedCount } = await this.families.updateOne(
        { _id, [`tokens.${hash}.expiresAt`]: token.expiresAt, [`tokens.${hash}.spent`]: null },
        {
          $set: {
            [`tokens.${hash}.spent`]: true,
            [`tokens.${next.hash}.expiresAt`]: next.expiresAt,
          },
          $push: { hashes: next.hash },
          $max: { expiresAt: next.expiresAt },
        },
      );
      if (matchedCount === 0) continue; // spent or revoked meanwhile
      await this.prune(family);
      return { outcome: 'rotated', user };
    }
  }

  async revoke(hash: string): Promise<void> {
    await this.families.deleteOne({ hashes: hash });
  }

  async load(items: readonly (SessionState & { kind: 'refresh' })[]): Promise<void> {
    const operations = items.flatMap(({ token, spent }) => storing(token, spent));
    if (operations.length > 0)
      await upsert(() => this.families.bulkWrite(operations, { ordered: true }));
  }

  /** Families after `after`, and what of them has not passed its deadline. */
  async page(
    after: string,
    limit: number,
  ): Promise<{ items: SessionState[]; last: string | null }> {
    const { now } = this.handle;
    const found = await this.families
      .find({ _id: { $gt: after } })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
    const items = found.flatMap(({ _id: family, user, tokens }) =>
      Object.entries(tokens)
        .filter(([, { expiresAt }]) => expiresAt > now)
        .map(([hash, { spent = false, expiresAt }]): SessionState => ({
          kind: 'refresh',
          token: { hash, family, user, expiresAt },
          spent,
        })),
    );
    return { items, last: found.length < limit ? null : (found.at(-1)?._id ?? null) };
  }

  async sweep(): Promise<void> {
    await this.families.deleteMany({ expiresAt: { $lte: this.handle.now } });
  }

  /** A family that is rotated for months must not keep every token of it. */
  private async prune({ _id, tokens }: FamilyDocument): Promise<void> {
    const { now } = this.handle;
    const old = Object.keys(tokens).filter((hash) => (tokens[hash]?.expiresAt ?? 0) <= now);
    if (old.length === 0) return;
    await this.families.updateOne(
      { _id },
      {
        $unset: Object.fromEntries(old.map((hash) => [`tokens.${hash}`, ''])),
        $pull: { hashes: { $in: old } },
      },
    );
  }
}

/** Idempotent; a token that is there takes the deadline, and stays spent where it is. */
function storing(
  { hash, family, user, expiresAt }: RefreshToken,
  spent: boolean,
): AnyBulkWriteOperation<FamilyDocument>[] {
  const update = {
    $setOnInsert: { user },
    $set: {
      [`tokens.${hash}.expiresAt`]: expiresAt,
      ...(spent && { [`tokens.${hash}.spent`]: true }),
    },
    $addToSet: { hashes: hash },
    $max: { expiresAt },
  };
  return [{ updateOne: { filter: { _id: family }, update, upsert: true } }];
}
