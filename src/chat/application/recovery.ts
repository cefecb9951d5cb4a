import type { HistoryStore } from '#libs/state';
import { wireJson } from '../domain/events.js';
import type { RoomFeed } from './room-feed.js';

/** A resume that would need more than this is refused: the client reloads over REST. */
export const maxRecovered = 5000;
/** So is one whose text would be longer: no connection's queue holds it. */
const maxBytes = 512 * 1024;
/** Events of one read: what the one who asks lacks, and some for those who lack a little more. */
const [leastRead, mostRead] = [100, 1000];
/** How long what was read for a resume is kept for others, ms. */
const keptMs = 10_000;
/** Positions that answers are kept for at once. */
const maxAnswers = 64;

/** The result of a subscribe as JSON text, built once for all who get the same. */
export interface Answer {
  json: string;
  bytes: number;
}

/** An answer that grows with the room. */
interface Recovered extends Answer {
  upTo: number;
  publications: string;
}

/**
 * Brings readers to the feed's position: whole, or not at all. What is read of the store is shared by
 * everybody who resumes, from whichever position, and the text of an answer by all who come from one:
 * neither grows with the number of clients.
 */
export class Recovery {
  private reading: Promise<boolean> | undefined;
  private readonly answers = new Map<number, Recovered>();
  private keeping: NodeJS.Timeout | undefined;

  constructor(
    private readonly feed: RoomFeed,
    private readonly history: HistoryStore,
  ) {}

  /** For a reader without a position, or one whose position is of no use. */
  refused(wasRecovering: boolean): Answer {
    const json = this.result(wasRecovering, false, '');
    return { json, bytes: json.length };
  }

  /**
   * Hands `take` everything after `offset` of `epoch` up to the feed's position, or a refusal: in the
   * turn of that position, so that who attaches in it misses nothing. @throws StoreUnavailable
   */
  async resume(
    { epoch, offset }: { epoch: string; offset: number },
    take: (answer: Answer) => void,
  ): Promise<void> {
    const { feed } = this;
    const { recent } = feed;
    const holds = () => epoch === feed.epoch && offset <= recent.last;
    // The reader saw what this feed has not heard of yet, or invents it.
    if (!holds()) await feed.compare();
    while (holds() && recent.first > offset + 1)
      if (!(await this.reachBack(offset))) return take(this.refused(true));
    take(holds() ? this.recovered(offset) : this.refused(true));
  }

  close(): void {
    clearTimeout(this.keeping);
  }

  /** One read further back, shared by all who need one. False where `offset` cannot be reached. */
  private async reachBack(offset: number): Promise<boolean> {
    const { recent } = this.feed;
    if (recent.last - offset > maxRecovered || recent.characters > maxBytes) return false;
    this.reading ??= this.readBelow(offset).finally(() => (this.reading = undefined));
    return this.reading;
  }

  /** False where there is nothing more to be had: trimmed, of another epoch, or larger than is kept. */
  private async readBelow(offset: number): Promise<boolean> {
    const { feed } = this;
    const before = feed.recent.first;
    const limit = Math.min(mostRead, Math.max(leastRead, before - 1 - offset));
    const { epoch, events } = await this.history.read(feed.room, { before, limit });
    if (epoch !== feed.epoch || events.at(-1)?.seq !== before - 1) return false;
    // Where the oldest were dropped meanwhile this does not join them; it is read again.
    if (feed.recent.first !== before) return true;
    feed.recent.prepend(events.map(({ seq, body }) => wireJson(seq, body)));
    this.keep();
    return feed.recent.first < before;
  }

  private recovered(offset: number): Answer {
    let answer = this.answers.get(offset);
    if (answer?.upTo === this.feed.recent.last) return this.bounded(answer);
    const { upTo, publications: before } = answer ?? { upTo: offset, publications: '' };
    const events = this.feed.recent.after(upTo);
    if (!events) throw new Error(`the events after ${upTo} of ${this.feed.room} are not here`);
    const added = events.map((event, at) => `{"data":${event},"offset":${upTo + 1 + at}}`);
    const publications = [...(before === '' ? [] : [before]), ...added].join(',');
    const json = this.result(true, true, publications);
    answer = { json, bytes: Buffer.byteLength(json), upTo: this.feed.recent.last, publications };
    if (this.answers.size >= maxAnswers) this.answers.clear();
    this.answers.set(offset, answer);
    this.keep();
    return this.bounded(answer);
  }

  private bounded(answer: Answer): Answer {
    return answer.bytes > maxBytes ? this.refused(true) : answer;
  }

  /** Built from wire JSON as text: events are never parsed on their way out. */
  private result(wasRecovering: boolean, recovered: boolean, publications: string): string {
    const { epoch, head } = this.feed.position;
    return (
      `{"recoverable":true,"positioned":true,"epoch":${JSON.stringify(epoch)},"offset":${head},` +
      `"recovered":${recovered},"was_recovering":${wasRecovering},"publications":[${publications}]}`
    );
  }

  private keep(): void {
    this.keeping ??= setTimeout(() => {
      this.keeping = undefined;
      this.answers.clear();
      this.feed.recent.settle();
    }, keptMs).unref();
  }
}
