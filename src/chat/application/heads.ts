import type { HistoryStore, Position } from '#libs/state';

/** Rooms of one call. */
const maxRooms = 1000;

interface Question {
  answer: Promise<Position | undefined>;
  resolve: (position: Position | undefined) => void;
  reject: (error: unknown) => void;
}

/**
 * Where rooms' logs end. One call at a time, for all rooms that were asked for meanwhile, whoever asks:
 * an answer is never older than its question.
 */
export class Heads {
  private waiting = new Map<string, Question>();
  private asking = false;

  constructor(private readonly history: HistoryStore) {}

  /** Undefined where there is no such room. @throws StoreUnavailable */
  of(room: string): Promise<Position | undefined> {
    const known = this.waiting.get(room);
    if (known) return known.answer;
    const question = {} as Question;
    question.answer = new Promise((resolve, reject) =>
      Object.assign(question, { resolve, reject }),
    );
    this.waiting.set(room, question);
    if (!this.asking) {
      this.asking = true;
      setImmediate(() => void this.ask());
    }
    return question.answer;
  }

  private async ask(): Promise<void> {
    while (this.waiting.size > 0) {
      const some = [...this.waiting].slice(0, maxRooms);
      for (const [room] of some) this.waiting.delete(room);
      try {
        const found = await this.history.positions(some.map(([room]) => room));
        for (const [room, { resolve }] of some) resolve(found.get(room));
      } catch (error) {
        for (const [, { reject }] of some) reject(error);
      }
    }
    this.asking = false;
  }
}
