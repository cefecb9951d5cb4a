// Clients of one room on the first server, which is killed; they connect to the second with the delays of the
// official clients (centrifuge-js: 500 ms and as much again at random, doubled with each attempt, 20 s at most), and
// resume from where they were. Meanwhile somebody on the second keeps talking.
import { setTimeout as sleep } from 'node:timers/promises';
import { work } from '../lib/load.mjs';
import { token } from '../lib/token.mjs';
import { textFrames } from './counters.mjs';
import { cidOf, eachOf, text } from './rooms.mjs';
import { RawSocket } from './websocket.mjs';

const channel = 'room:lobby';
const [leastDelayMs, mostDelayMs] = [500, 20_000];
const messagesPerSecond = 10;
const talkMs = 2000;
const secondsAtMost = 60;

/** One client, from its first position on; counts what is not the next event as a gap. */
class Client {
  attempts = 0;
  gaps = 0;
  refused = 0;
  acked = 0;
  last;
  epoch;
  resumedAt;

  constructor(name) {
    this.token = token(name, name);
  }

  async connect(port) {
    const raw = await RawSocket.open(port, '/connection/websocket');
    await new Promise((resolve, reject) => {
      raw.onLost = (why) => reject(new Error(why));
      raw.onData = textFrames((frame) => {
        for (const line of frame.split('\n')) this.#take(raw, JSON.parse(line), resolve, reject);
      });
      raw.send(JSON.stringify({ id: 1, connect: { token: this.token } }));
    });
    this.raw = raw;
    raw.onLost = () => this.onLost?.();
  }

  async reconnect(port) {
    for (let step = 0; ; step += 1) {
      const random = Math.random() * Math.min(mostDelayMs, leastDelayMs * 2 ** step);
      await sleep(Math.min(mostDelayMs, leastDelayMs + random));
      this.attempts += 1;
      const done = await this.connect(port).then(
        () => true,
        () => false,
      );
      if (done) break;
    }
    this.resumedAt ??= performance.now();
  }

  #take(raw, { id, connect, subscribe, push, error }, resolve, reject) {
    if (error) return reject(new Error(error.message));
    if (id === undefined && !push) return raw.send('{}'); // a ping
    if (connect) {
      const position = this.epoch && { recover: true, offset: this.last, epoch: this.epoch };
      return raw.send(JSON.stringify({ id: 2, subscribe: { channel, ...position } }));
    }
    if (subscribe) {
      if (this.epoch === undefined) this.last = subscribe.offset ?? 0;
      else if (!subscribe.recovered) this.refused += 1;
      this.epoch = subscribe.epoch;
      for (const { offset } of subscribe.publications ?? []) this.#event(offset);
      return resolve();
    }
    if (push?.channel === channel) this.#event(push.pub.offset);
    else if (id > 2) this.acked += 1;
  }

  #event(offset) {
    if (offset !== this.last + 1) this.gaps += 1;
    this.last = offset;
  }
}

async function within(seconds, done, what) {
  const deadline = performance.now() + seconds * 1000;
  while (!done()) {
    if (performance.now() > deadline) throw new Error(`not in ${seconds} s: ${what()}`);
    await sleep(20);
  }
}

await work(async ({ ports: [first, second], pid, clients: count }) => {
  const clients = Array.from({ length: count }, (_, at) => new Client(`reader-${at}`));
  await eachOf(count, (at) => clients[at].connect(first));
  const speaker = new Client('speaker');
  await speaker.connect(second);

  return async () => {
    const before = speaker.last;
    let sent = 0;
    const talking = setInterval(() => {
      const message = { channel, data: { cid: cidOf(sent), text } };
      speaker.raw.send(JSON.stringify({ id: sent + 3, publish: message }));
      sent += 1;
    }, 1000 / messagesPerSecond);
    await sleep(talkMs);

    let lost;
    for (const client of clients)
      client.onLost = () => {
        lost ??= performance.now();
        void client.reconnect(second);
      };
    process.kill(pid, 'SIGKILL');
    const resumed = () => clients.filter(({ resumedAt }) => resumedAt).length;
    await within(
      secondsAtMost,
      () => resumed() === count,
      () => `${resumed()} of ${count} resumed`,
    );
    await sleep(talkMs);
    clearInterval(talking);
    const head = () => before + sent;
    const arrived = () => speaker.acked === sent && clients.every(({ last }) => last >= head());
    await within(10, arrived, () => 'not everybody has everything').catch(() => undefined);

    const times = clients.map(({ resumedAt }) => (resumedAt - lost) / 1000).sort((a, b) => a - b);
    const sum = (figure) => clients.reduce((total, client) => total + client[figure], 0);
    return {
      secondsToResume: times.at(-1) - times[0],
      firstResumed: times[0],
      attempts: sum('attempts') / count,
      gaps: clients.filter(({ gaps, last }) => gaps > 0 || last !== head()).length,
      refused: sum('refused'),
    };
  };
});
