import type { Dialect } from '../_sql/dialect.js';
import type { Param, Queries } from '../_sql/queries.js';
import { insertRows } from '../_sql/insert-rows.js';
import type { PooledDatabase } from '../_sql/pooled-database.js';
import { anyWord, indexedWords } from './words.js';

/** Events whose words are one document of the full-text index: those from n times this up to the next. */
export const blockEvents = 128;
/** Events after which a room is folded unasked. */
const foldEvery = 512;
/** Blocks folded in one transaction. */
const blocksAtOnce = 16;
/** Events that a search looks at one by one rather than have their room folded first. */
const mostLoose = 1024;

/** Of a block's words: a server takes 16 MB at once, at its least, and there are `blocksAtOnce` in a row. */
const mostCharacters = 900_000;

const columns = ['room', 'block', 'oldest', 'newest', 'words'];

/** A room's log, and the number below which all of it is in blocks. */
export interface FoldedLog {
  id: string;
  folded: number;
  head: number;
}

interface WordRow {
  seq: number;
  id: string;
  terms: string;
}

/**
 * The index that finds messages, made behind the log: an append stores its words and no more. Every
 * `blockEvents` events of a room are *folded* into one row with all their words, which finds the blocks
 * to look for a message in; what is not folded yet is looked at as it is, so a search never misses what
 * was appended before it. A room's blocks are folded in their order and without a hole, in a
 * transaction that holds the room as an append does: two that fold the same do so to the same end, and
 * trimming and deleting do not come between.
 */
export class WordBlocks {
  private readonly waiting = new Set<string>();
  private turn: Promise<void> = Promise.resolve();

  /** To be told of each append that stored events with words; nobody waits for it. */
  appended(database: PooledDatabase, room: string, before: number, head: number): void {
    if (Math.floor(before / foldEvery) === Math.floor(head / foldEvery)) return;
    if (this.waiting.has(room)) return;
    this.waiting.add(room);
    // One after the other: they take their connections from where appends take theirs.
    this.turn = this.turn.then(async () => {
      this.waiting.delete(room);
      try {
        await this.fold(database, room);
      } catch (err) {
        // The next one, or a search, does it.
        database.logger.debug({ err, room }, 'folding a room failed');
      }
    });
  }

  /** Of the rooms that there are: few loose events, unless the database may only be read. */
  async folded(database: PooledDatabase, rooms: readonly string[]): Promise<FoldedLog[]> {
    for (;;) {
      const logs = await database.all<FoldedLog>(
        `SELECT rooms.id, ${foldedOf} AS folded, ${database.dialect.head('')} AS head FROM rooms WHERE rooms.id IN (?)`,
        [rooms],
      );
      const loose = logs.filter(({ folded, head }) => head - folded >= mostLoose);
      if (database.reading || loose.length === 0) return logs;
      for (const { id } of loose) await this.fold(database, id);
    }
  }

  private async fold(database: PooledDatabase, room: string): Promise<void> {
    while (await database.transaction((queries) => foldSome(queries, database.dialect, room)));
  }
}

/** The first number not in a block. What is trimmed needs none. */
const foldedOf = `GREATEST(FLOOR(rooms.first / ${blockEvents}), COALESCE((SELECT blocks.block + 1 FROM event_words blocks
  WHERE blocks.room = rooms.id ORDER BY blocks.block DESC LIMIT 1), 0)) * ${blockEvents}`;

/** In a transaction that goes on to hold the room. True where there is more to fold. */
export async function foldSome(queries: Queries, dialect: Dialect, room: string): Promise<boolean> {
  const log = await queries.get<FoldedLog>(
    `SELECT rooms.id, ${foldedOf} AS folded, ${dialect.head('')} AS head FROM rooms WHERE rooms.id = ? LOCK IN SHARE MODE`,
    [room],
  );
  if (!log) return false; // it was deleted
  const { folded, head } = log;
  const from = folded / blockEvents;
  const complete = Math.floor((head + 1) / blockEvents);
  const to = Math.min(complete, from + blocksAtOnce);
  if (from < to) {
    const events = await queries.all<WordRow>(
      'SELECT seq, id, terms FROM events WHERE room = ? AND seq >= ? AND seq < ? AND terms IS NOT NULL ORDER BY id',
      [room, folded, to * blockEvents],
    );
    const rows: Param[][] = [];
    for (let block = from; block < to; block += 1) {
      const first = block * blockEvents;
      const own = events.filter(({ seq }) => seq >= first && seq < first + blockEvents);
      const [oldest, newest] = [own.at(0)?.id ?? '', own.at(-1)?.id ?? ''];
      rows.push([room, block, oldest, newest, wordsIn(room, own)]);
    }
    // Who folds the same at the same time stores the same.
    const ending = dialect.unlessThere('event_words', 'block');
    await insertRows(queries, dialect, { table: 'event_words', columns, ending }, rows);
  }
  return to < complete;
}

/** The words of a block, each once. Too many to be kept are told by one that every search asks for. */
function wordsIn(room: string, events: readonly WordRow[]): string {
  const words = new Set<string>();
  let characters = 0;
  for (const { terms } of events)
    for (const word of terms.split(' '))
      if (!words.has(word)) {
        words.add(word);
        characters += word.length + 10;
      }
  return indexedWords(room, characters > mostCharacters ? [anyWord] : words);
}

/** In the order in which the database compares them. */
export const compareIds = (one: string, other: string): number =>
  Buffer.compare(Buffer.from(one), Buffer.from(other));
