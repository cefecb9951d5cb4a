import type { Page } from '#libs/state';
import type { Client } from '../client.js';
import type { RedisLink } from '../link.js';
import { Script } from '../script.js';
import { linkLua, linksLua, unlinkLua } from './rooms.lua.js';

const linkScript = new Script<number>(linkLua);
const unlinkScript = new Script<number>(unlinkLua);
const linksScript = new Script<string[]>(linksLua);

/** An entry of an index: the index's key, the room, and the nonce it was made with. */
export type LinkEntry = readonly [index: string, room: string, nonce: string];

/** Entries written in one go: a room may have many members. */
const chunk = 500;

/** An entry nobody vouches for is removed when no call that wrote it can be under way any more, ms. */
const staleAfter = 3_600_000;

/**
 * Indexes that lie in another slot than the rooms they lead to, so that both cannot change at once.
 * An entry is added before the room says so and removed after it does not any more. A removal names
 * the nonce it knows: somebody who joins again meanwhile has made a new entry, which stays.
 */
export class Links {
  constructor(private readonly link: RedisLink) {}

  add(entries: readonly LinkEntry[]): Promise<void> {
    return this.all(linkScript, entries);
  }

  remove(entries: readonly LinkEntry[]): Promise<void> {
    return this.all(unlinkScript, entries);
  }

  /** A page of what `look` finds true. */
  async page<T>(
    index: string,
    { limit, after }: Page,
    look: (client: Client, room: string) => Promise<T | null>,
  ): Promise<T[]> {
    return this.link.call('index', async (client) => {
      const found: T[] = [];
      let from = after ?? '';
      while (found.length < limit) {
        const flat = await this.link.run(linksScript, index, [limit, from]);
        const rooms = flat.filter((_, at) => at % 2 === 0);
        const looked = await Promise.all(rooms.map((room) => look(client, room)));
        const stale = rooms.flatMap((room, at) => {
          const nonce = flat[2 * at + 1] ?? '';
          const made = Number.parseInt(nonce, 36);
          return looked[at] === null && made < this.link.now - staleAfter ? [{ room, nonce }] : [];
        });
        if (this.link.options.access !== 'read')
          await Promise.all(
            stale.map(({ room, nonce }) => this.link.run(unlinkScript, index, [room, nonce])),
          );
        found.push(...looked.filter((one): one is Awaited<T> & NonNullable<T> => one !== null));
        if (rooms.length < limit) break;
        from = rooms.at(-1) ?? '';
      }
      return found.slice(0, limit);
    });
  }

  private async all(script: Script<number>, entries: readonly LinkEntry[]): Promise<void> {
    for (let from = 0; from < entries.length; from += chunk)
      await this.link.call('index', () =>
        Promise.all(
          entries
            .slice(from, from + chunk)
            .map(([index, room, nonce]) => this.link.run(script, index, [room, nonce])),
        ),
      );
  }
}
