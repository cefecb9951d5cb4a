import { token } from '../lib/token.mjs';

export const text =
  'How does the second lesson get from the loss to the gradient? I lost the thread there. 梯度';
/** Two events are at least the text and the ids of one apart. */
export const apart = Buffer.byteLength(text) + 100;
export const cidDigits = 9;
export const cidOf = (id) => `m-${String(id).padStart(cidDigits, '0')}`;

const connectingAtOnce = 50;
const secondsAtMost = 150;

/** Does `work` for 0 … count-1, some at a time. */
export async function eachOf(count, work) {
  for (let at = 0; at < count; at += connectingAtOnce) {
    const size = Math.min(connectingAtOnce, count - at);
    await Promise.all(Array.from({ length: size }, (_, i) => work(at + i)));
  }
}

/**
 * Rooms of `receivers` connections each, on one wire, over the servers at `ports` in turn. `senders` of them, spread
 * over the rooms, also send; `inFlight` messages are unanswered at a time, over all.
 */
export class Rooms {
  connections = [];
  #sent = 0;
  #run;

  constructor(wire, { ports, rooms = 1, receivers, senders, inFlight, ordered = true }) {
    Object.assign(this, { wire, ports, count: rooms, receivers, senders, inFlight, ordered });
  }

  async fill() {
    const rooms = await this.wire.rooms(this.ports[0], this.count);
    this.rooms = rooms.map((id) => ({ id, sent: 0 }));
    const all = new Array(this.count * this.receivers);
    await eachOf(all.length, async (at) => {
      const room = this.rooms[Math.floor(at / this.receivers)];
      const signed = token(`reader-${at}`, `Reader ${at}`);
      const raw = await this.wire.enter(this.ports[at % this.ports.length], signed);
      await this.wire.join(raw, room.id);
      raw.onLost = (why) => this.#run?.settle(new Error(why));
      all[at] = { raw, room, got: 0 };
    });
    this.connections = all;
    // A sender of each room in turn.
    this.sending = Array.from({ length: this.senders }, (_, at) => {
      const place = Math.floor(at / this.count);
      return all[(at % this.count) * this.receivers + place];
    });
    const senders = new Set(this.sending);
    for (const connection of all) this.#listen(connection, senders.has(connection));
  }

  /**
   * Sends `messages`, or as many as go in `seconds`; done when everybody has all of those of their room.
   * @returns `{deliveries, messages, seconds, recorded}`; `recorded` is what the first connection got
   */
  exchange({ messages = Infinity, seconds = Infinity, record = false }) {
    const began = performance.now();
    for (const room of this.rooms) room.sent = 0;
    for (const connection of this.connections) connection.got = 0;
    return new Promise((resolve, reject) => {
      const run = {
        ...{ messages, until: began + seconds * 1000, sending: true },
        ...{ sent: 0, acked: 0, delivered: 0, expected: 0 },
        ...{ first: [], recorded: record ? [] : undefined },
        settle: (error) => {
          clearTimeout(timer);
          this.#run = undefined;
          const took = (performance.now() - began) / 1000;
          const { delivered: deliveries, sent, recorded, first } = run;
          if (error) reject(error);
          else resolve({ deliveries, messages: sent, seconds: took, recorded, first });
        },
      };
      const stuck = () =>
        `not done in time: ${run.acked} of ${run.sent} acked, ${run.delivered} of ${run.expected} delivered`;
      const timer = setTimeout(() => run.settle(new Error(stuck())), secondsAtMost * 1000);
      this.#run = run;
      const slots = Math.max(this.inFlight, this.senders);
      const all = Array.from({ length: slots }, (_, at) => this.sending[at % this.senders]);
      this.idle = all.slice(this.inFlight);
      for (const sender of all.slice(0, this.inFlight)) this.#send(sender);
    });
  }

  /** Reads what was recorded, and complains where it is wrong. */
  verify({ recorded, first }) {
    const got = this.wire.messages(Buffer.concat(recorded));
    const cids = new Set(got.map(({ cid }) => cid));
    for (const id of first)
      if (!cids.has(cidOf(id))) throw new Error(`message ${cidOf(id)} did not arrive`);
    if (got.length !== first.length)
      throw new Error(`${got.length} came, ${first.length} were sent`);
    got.forEach((message, i) => {
      if (this.ordered && message.seq !== got[0].seq + i)
        throw new Error(`seq ${message.seq} is out of order`);
      if (message.text !== text) throw new Error(`another text arrived: ${message.text}`);
    });
  }

  /** The next message of a room's sender; its number is its own. */
  publish({ raw, room }) {
    const id = this.#sent++;
    room.sent += 1;
    this.wire.publish(raw, id, { room: room.id, cid: cidOf(id), text });
    return id;
  }

  #listen(connection, sends) {
    const onDeliveries = (count) => {
      connection.got += count;
      this.#run.delivered += count;
      this.#check();
    };
    const onAcks = (count) => {
      this.#run.acked += count;
      // The turn goes to whoever waits longest, which is this one where nobody does.
      for (let i = 0; i < count; i += 1) {
        this.idle.push(connection);
        this.#send(this.idle.shift());
      }
      this.#check();
    };
    const { raw } = connection;
    const count = this.wire.counter(raw, apart, onDeliveries, sends ? onAcks : undefined);
    raw.onData = (chunk) => {
      if (connection === this.connections[0]) this.#run?.recorded?.push(Buffer.from(chunk));
      count(chunk);
    };
  }

  #send(sender) {
    const run = this.#run;
    if (run.sent >= run.messages || performance.now() >= run.until) {
      run.sending = false;
      return;
    }
    run.sent += 1;
    run.expected += this.receivers;
    const id = this.publish(sender);
    if (sender.room === this.rooms[0]) run.first.push(id);
  }

  #check() {
    const run = this.#run;
    if (run.sending || run.acked < run.sent || run.delivered < run.expected) return;
    const wrong = this.connections.findIndex(({ got, room }) => got !== room.sent);
    if (wrong < 0) return run.settle();
    const { got, room } = this.connections[wrong];
    run.settle(new Error(`connection ${wrong} got ${got} of ${room.sent}`));
  }
}
