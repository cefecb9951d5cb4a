import type { Centrifuge, SubscribedContext, Subscription } from 'centrifuge';
import { pause } from '../../support/until.js';
import type { ReceiverRecord, Step } from '../record.js';
import type { Entrance, Person } from './entrance.js';
import { keyOf, type Page, type WireEvent } from './events.js';

const pageSize = 100;
const retryMs = 300;

/** What a step is before it is known when it happened. */
type Happened<S = Step> = S extends Step ? Omit<S, 'at'> : never;

/**
 * One reader of a room, as the protocol's page tells an application to read it: takes publications as
 * they come, and where it is told `recovered: false` loads what it has not seen over REST before it
 * takes more.
 */
export class Receiver {
  readonly steps: Step[] = [];
  /** The last seq it was given, or the position it joined at. */
  last = 0;
  private stayed = true;
  private away: NodeJS.Timeout | undefined;
  private readonly client: Centrifuge;
  private readonly subscription: Subscription;
  /** What came while a page was being loaded, in order. */
  private readonly waiting: (() => void | Promise<void>)[] = [];
  private working = false;

  constructor(
    readonly name: string,
    readonly who: Person,
    private readonly room: string,
    private readonly entrance: Entrance,
    private readonly clock: () => number,
  ) {
    this.client = entrance.client(who);
    this.subscription = this.client.newSubscription(`room:${room}`);
    this.listen();
    this.subscription.subscribe();
    this.client.connect();
  }

  /** Resolves once it has joined. */
  ready(): Promise<void> {
    return this.subscription.ready();
  }

  leave(): void {
    this.stayed = false;
    this.waiting.length = 0; // what comes after a reload that is not finished is not taken either
    clearTimeout(this.away);
    this.client.disconnect();
  }

  /** As a lid that is closed for a while: `ms`, or until `wake`. */
  sleep(ms: number): void {
    if (this.away) return;
    this.away = setTimeout(() => this.wake(), ms);
    this.client.disconnect();
  }

  wake(): void {
    if (!this.away) return;
    clearTimeout(this.away);
    this.away = undefined;
    this.client.connect();
  }

  /** Ends the connection without counting as one who left. */
  close(): void {
    clearTimeout(this.away);
    this.client.removeAllListeners();
    this.subscription.removeAllListeners();
    this.client.disconnect();
  }

  get record(): ReceiverRecord {
    return { name: this.name, stayed: this.stayed, steps: this.steps };
  }

  private step(happened: Happened): void {
    this.steps.push({ at: this.clock(), ...happened });
  }

  private listen(): void {
    const { subscription, client } = this;
    subscription.on('publication', ({ offset, data }) => {
      if (offset) this.inOrder(() => this.take('heard', data as WireEvent, offset));
    });
    subscription.on('subscribed', (context) => this.subscribed(context));
    subscription.on('error', ({ error }) => {
      this.entrance.refused(error.code < 100 ? 'subscribe: no answer' : `subscribe ${error.code}`);
    });
    subscription.on('unsubscribed', ({ code, reason }) => this.gone(code, reason));
    client.on('disconnected', ({ code, reason }) => this.gone(code, reason));
    client.on('connecting', ({ code, reason }) => {
      if (this.steps.length > 0) this.step({ what: 'lost', why: `${code} ${reason}` });
    });
  }

  private gone(code: number, reason: string): void {
    if (this.away) this.step({ what: 'lost', why: 'went away for a while' });
    else if (this.stayed) this.step({ what: 'ended', why: `${code} ${reason}` });
  }

  private subscribed({ streamPosition, wasRecovering, recovered }: SubscribedContext): void {
    const { offset, epoch } = streamPosition ?? { offset: 0, epoch: '' };
    if (!wasRecovering) {
      this.step({ what: 'joined', offset, epoch });
      this.last = offset;
    } else if (recovered) {
      this.inOrder(() => this.step({ what: 'resumed', offset, epoch }));
    } else {
      this.inOrder(() => this.reload(offset, epoch));
    }
  }

  private take(what: 'heard' | 'read', event: WireEvent, seq: number): void {
    this.step({ what, seq, key: keyOf(event) });
    this.last = seq;
  }

  private async reload(offset: number, epoch: string): Promise<void> {
    this.step({ what: 'reload', offset, epoch });
    const path = () => `/rooms/${this.room}/messages?limit=${pageSize}&after=${this.last}`;
    while (this.last < offset && this.stayed) {
      try {
        const { items } = (await this.entrance.ask(this.who, 'GET', path())) as Page;
        for (const event of items) if (event.seq <= offset) this.take('read', event, event.seq);
        if (items.length === 0) return; // the checker will tell that something is missing
      } catch {
        await pause(retryMs); // counted where it was refused
      }
    }
  }

  /** Runs now where nothing is under way, else after it. */
  private inOrder(work: () => void | Promise<void>): void {
    this.waiting.push(work);
    if (!this.working) void this.work();
  }

  private async work(): Promise<void> {
    this.working = true;
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
      const done = next();
      if (done) await done;
    }
    this.working = false;
  }
}
