import type { SessionState } from '#libs/state';
import type { RedisLink } from '../link.js';
import { bucketCount } from './buckets.js';
import type { Connections } from './connections.js';
import type { Tokens } from './tokens.js';

export interface DumpPage {
  limit: number;
  after?: string;
}

const kinds = ['session', 'seen', 'refresh'] as const;
type Kind = (typeof kinds)[number];

/** Where a walk stands: what it reads, of which bucket, and the server's own cursor in there. */
interface Place {
  kind: Kind;
  bucket: number;
  cursor: string;
}

/** Everything kept, by the server's scans: what is there from their beginning to their end is shown at least once. */
export class Walk {
  constructor(
    private readonly link: RedisLink,
    private readonly connections: Connections,
    private readonly tokens: Tokens,
  ) {}

  async page({ limit, after }: DumpPage): Promise<{ items: SessionState[]; next: string | null }> {
    const items: SessionState[] = [];
    let place: Place | null = placeOf(after);
    while (place && items.length < limit) {
      const [cursor, found]: [string, SessionState[]] = await this.read(place, limit);
      items.push(...found);
      place = cursor === '0' ? following(place) : { ...place, cursor };
    }
    return { items, next: place && `${place.kind}.${place.bucket}.${place.cursor}` };
  }

  private async read(
    { kind, bucket, cursor }: Place,
    limit: number,
  ): Promise<[cursor: string, SessionState[]]> {
    const { client, now } = this.link;
    const key = this.connections.key(bucket);
    if (kind === 'seen') {
      const [next, flat] = await client.hscan(`${key}:seen`, cursor, 'COUNT', limit);
      return [next, pairs(flat).map(([user, at]) => ({ kind, user, at: Number(at) }))];
    }
    if (kind === 'refresh') {
      const families = `${this.tokens.familyKey(bucket)}:x`;
      const [next, flat] = await client.zscan(families, cursor, 'COUNT', limit);
      const tokens = await Promise.all(pairs(flat).map(([family]) => this.tokens.of(family)));
      return [next, tokens.flat().map((token) => ({ kind, ...token }))];
    }
    const [next, flat] = await client.hscan(`${key}:rec`, cursor, 'COUNT', limit);
    const kept = await this.connections.look(pairs(flat).map(([id]) => id));
    return [
      next,
      kept.map(({ session, rooms, expiresAt }): SessionState => {
        if (expiresAt <= now) return { kind: 'seen', user: session.user, at: expiresAt };
        return { kind, session, rooms: [...rooms.keys()], expiresAt };
      }),
    ];
  }
}

function placeOf(after: string | undefined): Place {
  const [kind, bucket, cursor] = (after ?? '').split('.');
  const known = kinds.find((one) => one === kind);
  return { kind: known ?? 'session', bucket: Number(bucket ?? 0), cursor: cursor ?? '0' };
}

function following({ kind, bucket }: Place): Place | null {
  if (bucket + 1 < bucketCount) return { kind, bucket: bucket + 1, cursor: '0' };
  const next = kinds[kinds.indexOf(kind) + 1];
  return next ? { kind: next, bucket: 0, cursor: '0' } : null;
}

const pairs = (flat: readonly string[]): [string, string][] =>
  Array.from({ length: flat.length / 2 }, (_, at) => [flat[2 * at] ?? '', flat[2 * at + 1] ?? '']);
