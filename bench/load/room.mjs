import { token } from '../lib/token.mjs';

const text =
  'How does the second lesson get from the loss to the gradient? I lost the thread there. 梯度';
const connectingAtOnce = 50;

/** A room full of connections on one wire, some of which also send. */
export class Room {
  #raws = [];
  #counts = [];
  #full = 0;
  #target = 0;
  #sent = 0;
  #acked = 0;
  #recording;
  #settle;

  constructor(wire, { port, receivers, senders, inFlight }) {
    Object.assign(this, { wire, port, receivers, senders, inFlight });
  }

  async fill() {
    for (let at = 0; at < this.receivers; at += connectingAtOnce) {
      const count = Math.min(connectingAtOnce, this.receivers - at);
      const joins = Array.from({ length: count }, (_, i) =>
        this.wire.join(this.port, token(`reader-${at + i}`, `Reader ${at + i}`)),
      );
      this.#raws.push(...(await Promise.all(joins)));
    }
    this.#raws.forEach((raw, index) => this.#listen(raw, index));
  }

  /** Sends `count` messages with `inFlight` unanswered at a time; done when everybody has them all. */
  exchange(count, timeoutSeconds, record = false) {
    this.#recording = record ? [] : undefined;
    this.#counts = new Array(this.receivers).fill(0);
    this.#full = 0;
    this.#target = count;
    this.#acked = 0;
    const first = this.#sent;
    const began = performance.now();
    this.last = first + count;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(this.#stuck())), timeoutSeconds * 1000);
      this.#settle = (error) => {
        clearTimeout(timer);
        return error
          ? reject(error)
          : resolve({
              deliveries: this.#delivered(),
              first,
              seconds: (performance.now() - began) / 1000,
            });
      };
      for (let i = 0; i < this.inFlight; i += 1) this.#send(i % this.senders);
    });
  }

  /** Reads what the first receiver was sent during a recorded exchange, and complains where it is wrong. */
  verify(first) {
    const got = this.wire.messages(Buffer.concat(this.#recording));
    const cids = new Set(got.map(({ cid }) => cid));
    for (let n = first; n < this.last; n += 1)
      if (!cids.has(`m-${n}`)) throw new Error(`message m-${n} did not arrive`);
    got.forEach((message, i) => {
      if (message.seq !== got[0].seq + i) throw new Error(`seq ${message.seq} is out of order`);
      if (message.text !== text) throw new Error(`another text arrived: ${message.text}`);
    });
    this.#recording = undefined;
  }

  #listen(raw, index) {
    const onDeliveries = (count) => {
      const before = this.#counts[index];
      this.#counts[index] = before + count;
      if (before + count > this.#target) this.#settle(new Error(`receiver ${index} got too many`));
      if (before < this.#target && before + count === this.#target) this.#full += 1;
      this.#check();
    };
    const onAcks = (count) => {
      this.#acked += count;
      for (let i = 0; i < count; i += 1) this.#send(index);
      this.#check();
    };
    const count = this.wire.counter(raw, onDeliveries, index < this.senders ? onAcks : undefined);
    raw.onLost = (why) => this.#settle?.(new Error(why));
    raw.onData = (chunk) => {
      if (index === 0) this.#recording?.push(Buffer.from(chunk));
      count(chunk);
    };
  }

  #send(sender) {
    if (this.#sent >= this.last) return;
    const id = this.#sent++;
    this.wire.publish(this.#raws[sender], id, `m-${id}`, text);
  }

  #check() {
    if (this.#full === this.receivers && this.#acked === this.#target) this.#settle();
  }

  #delivered() {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  #stuck() {
    const slowest = Math.min(...this.#counts);
    return `not done in time: ${this.#acked} of ${this.#target} acked, the slowest receiver has ${slowest}`;
  }
}
