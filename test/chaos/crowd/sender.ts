import type { Centrifuge } from 'centrifuge';
import { pause } from '../../support/until.js';
import type { Random } from '../random.js';
import type { Sent } from '../record.js';
import type { Entrance, Person } from './entrance.js';

export interface Ack {
  id: string;
  seq: number;
  epoch: string;
}

/** Sends one message once. @throws Refusal, or what the client made of it */
export type Send = (room: string, cid: string, text: string) => Promise<Ack>;

export const overHttp =
  (entrance: Entrance, who: Person): Send =>
  async (room, cid, text) =>
    (await entrance.ask(who, 'POST', `/rooms/${room}/messages`, { cid, text })) as Ack;

export const overSocket =
  (entrance: Entrance, client: Centrifuge): Send =>
  (room, cid, text) =>
    client.rpc('message.send', { room, cid, text }).then(
      ({ data }) => data as Ack,
      (error: { code: number }) => {
        throw entrance.refusal(error.code < 100 ? 'rpc: no answer' : `rpc ${error.code}`, error);
      },
    );

/** Pause before a message is sent again, ms. */
const retryMs = [100, 600] as const;

/** How far behind its rate a sender may be and still catch up, ms. */
const lateMs = 1000;

/** Sends messages to a room, one after the other, each again by its `cid` until it is acknowledged. */
export class Sender {
  readonly sent: (Omit<Sent, 'failures'> & { failures: { at: number; why: string }[] })[] = [];
  private stopped = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly name: string,
    private readonly who: Person,
    private readonly room: string,
    private readonly send: Send,
    private readonly everyMs: number,
    private readonly random: Random,
    private readonly clock: () => number,
  ) {}

  start(): void {
    this.running = this.run();
  }

  /** Resolves when what was begun is acknowledged. */
  stop(): Promise<void> {
    this.stopped = true;
    return this.running;
  }

  private async run(): Promise<void> {
    let due = this.clock() + this.random.between(0, this.everyMs);
    for (let number = 1; !this.stopped; number += 1) {
      await pause(Math.max(0, due - this.clock()));
      due = Math.max(this.clock() - lateMs, due + this.everyMs);
      await this.deliver(`${this.name}-${number}`);
    }
  }

  private async deliver(cid: string): Promise<void> {
    const sent: Sender['sent'][number] = {
      key: `${this.who.id}/${cid}`,
      at: this.clock(),
      failures: [],
    };
    this.sent.push(sent);
    const size = this.random.next() < 0.02 ? 3000 : this.random.between(1, 800);
    const text = 'x'.repeat(size);
    for (;;) {
      try {
        const { id, seq, epoch } = await this.send(this.room, cid, text);
        sent.ack = { at: this.clock(), id, seq, epoch };
        return;
      } catch (error) {
        sent.failures.push({ at: this.clock(), why: (error as Error).message });
        await pause(this.random.between(...retryMs));
      }
    }
  }
}
