import { randomBytes } from 'node:crypto';
import type { Millis } from '#libs/kernel';
import { CorruptRecord, type SessionRecord } from '#libs/state';
import type { RedisLink } from '../link.js';
import { type Argument, Script } from '../script.js';
import { byBucket } from './buckets.js';
import {
  endLua,
  enterLua,
  expiredLua,
  hintsLua,
  leaveLua,
  lookLua,
  putLua,
  renewLua,
  whoLua,
} from './sessions.lua.js';

const hintsScript = new Script<number>(hintsLua);
const putScript = new Script<string[]>(putLua);
const renewScript = new Script<string[]>(renewLua);
const lookScript = new Script<string[]>(lookLua);
const expiredScript = new Script<string[]>(expiredLua);
const endScript = new Script<number>(endLua);
const enterScript = new Script<number>(enterLua);
const leaveScript = new Script<string>(leaveLua);
const whoScript = new Script<(string | string[])[]>(whoLua);

/** A connection as it is kept. */
export interface Kept {
  session: SessionRecord;
  nonce: string;
  /** room → nonce of its hint */
  rooms: Map<string, string>;
  expiresAt: Millis;
}

/** A change of the hints: which connections to look at for a user or room, and when a user was seen. */
export type Hint =
  | { op: '+' | '-'; of: 'u' | 'r'; name: string; id: string; nonce: string }
  | { op: 's'; name: string; at: Millis };

/** One bucket's worth of connections, and the calls that read and write them. */
export class Connections {
  constructor(private readonly link: RedisLink) {}

  key(bucket: number): string {
    return `${this.link.url.prefix}:s:{b${bucket}}`;
  }

  nonce(): string {
    return randomBytes(6).toString('base64url');
  }

  async hint(hints: readonly Hint[]): Promise<void> {
    await this.each(
      hints,
      ({ name }) => name,
      async (key, own) => {
        const args: Argument[] = [];
        for (const hint of own)
          if (hint.op === 's') args.push('s', hint.name, hint.at, '');
          else args.push(hint.op, `:${hint.of}:${hint.name}`, hint.id, hint.nonce);
        await this.link.run(hintsScript, key, args);
      },
    );
  }

  /** Gives what was replaced. */
  async put(connections: readonly Kept[]): Promise<Kept[]> {
    const replaced = await this.each(
      connections,
      ({ session }) => session.id,
      (key, own) =>
        this.link.run(
          putScript,
          key,
          own.flatMap(({ session, nonce, rooms, expiresAt }) => [
            session.id,
            `${nonce} ${JSON.stringify(session)}`,
            [...rooms].map(([room, mark]) => `\n${room}\x1f${mark}`).join(''),
            expiresAt,
          ]),
        ),
    );
    return replaced
      .flatMap((flat) => rows(flat, 3))
      .map(([, record, rooms]) => keptOf(record, rooms, '0'));
  }

  async renew(ids: readonly string[], expiresAt: Millis): Promise<string[]> {
    const missing = await this.each(ids, own, (key, some) =>
      this.link.run(renewScript, key, [this.link.now, expiresAt, ...some]),
    );
    return missing.flat();
  }

  /** Those of `ids` that are kept, past their deadline or not; in `room` only, where one is given. */
  async look(ids: readonly string[], room = ''): Promise<Kept[]> {
    const found = await this.each(ids, own, (key, some) =>
      this.link.run(lookScript, key, [room, ...some]),
    );
    return found
      .flatMap((flat) => rows(flat, 4))
      .map(([, record, rooms, at]) => keptOf(record, rooms, at));
  }

  /** Ends those that are still as they were read. */
  async end(connections: readonly Kept[], until: (one: Kept) => Millis): Promise<void> {
    await this.each(
      connections,
      ({ session }) => session.id,
      (key, some) =>
        this.link.run(
          endScript,
          key,
          some.flatMap((one) => [one.session.id, one.nonce, until(one)]),
        ),
    );
  }

  /** Some of a bucket's connections that are past their deadline. */
  async expired(bucket: number, limit: number): Promise<string[]> {
    return this.link.run(expiredScript, this.key(bucket), [this.link.now, limit]);
  }

  async enter(id: string, room: string, nonce: string): Promise<boolean> {
    const [entered] = await this.each([id], own, (key) =>
      this.link.run(enterScript, key, [id, room, nonce, this.link.now]),
    );
    return entered === 1;
  }

  /** The nonce of the hint that is to go, or ''. */
  async leave(id: string, room: string): Promise<string> {
    const [nonce] = await this.each([id], own, (key) =>
      this.link.run(leaveScript, key, [id, room]),
    );
    return nonce ?? '';
  }

  /** Which connections to look at for each user or room, and when a user was last seen. */
  async who(of: 'u' | 'r', names: readonly string[]) {
    const found = new Map<string, { ids: string[]; seenAt?: Millis }>();
    await this.each(names, own, async (key, some) => {
      const reply = await this.link.run(whoScript, key, [of, ...some]);
      some.forEach((name, at) => {
        const ids = reply[2 * at];
        const seen = reply[2 * at + 1];
        found.set(name, {
          ids: Array.isArray(ids) ? ids : [],
          ...(typeof seen === 'string' && seen !== '' && { seenAt: Number(seen) }),
        });
      });
    });
    return found;
  }

  private each<T, R>(
    items: readonly T[],
    nameOf: (item: T) => string,
    call: (key: string, some: T[]) => Promise<R>,
  ): Promise<R[]> {
    return Promise.all(
      [...byBucket(items, nameOf)].map(([bucket, some]) => call(this.key(bucket), some)),
    );
  }
}

const own = (name: string): string => name;

function rows(flat: readonly string[], width: number): string[][] {
  const found: string[][] = [];
  for (let at = 0; at < flat.length; at += width) found.push(flat.slice(at, at + width));
  return found;
}

/** @throws CorruptRecord */
function keptOf(record = '', rooms = '', at = ''): Kept {
  const space = record.indexOf(' ');
  try {
    return {
      session: JSON.parse(record.slice(space + 1)) as SessionRecord,
      nonce: record.slice(0, space),
      rooms: new Map(
        rooms
          .split('\n')
          .slice(1)
          .map((line) => {
            const end = line.lastIndexOf('\x1f');
            return [line.slice(0, end), line.slice(end + 1)];
          }),
      ),
      expiresAt: Number(at),
    };
  } catch (error) {
    throw new CorruptRecord('the record of a connection is not JSON', error);
  }
}
