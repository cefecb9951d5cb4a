// Requests that are due at fixed times: recommendations of many users, and /health/live in between. Latency counts
// from when a request was due, not from when it could be sent.
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../lib/figures.mjs';
import { work } from '../lib/load.mjs';
import { token } from '../lib/token.mjs';

const secondsToSettle = 20;

/** Resolves when the answer is all there. */
function ask(agent, port, path, headers) {
  return new Promise((resolve, reject) => {
    get({ agent, port, host: '127.0.0.1', path, headers }, (answer) => {
      let body = '';
      answer.on('data', (chunk) => (body += chunk));
      answer.on('end', () =>
        answer.statusCode === 200
          ? resolve(body)
          : reject(new Error(`${path}: ${answer.statusCode} ${body}`)),
      );
      answer.on('error', reject);
    }).on('error', reject);
  });
}

await work(async ({ ports: [port], users, rate, seconds, warmUp }) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const tokens = Array.from({ length: users }, (_, at) => token(`user-${at}`, `User ${at}`));
  const first = JSON.parse(
    await ask(agent, port, '/api/v1/recommendations', { authorization: `Bearer ${tokens[0]}` }),
  );
  if (first.items.length !== 20 || first.model === null)
    throw new Error(`not what was to be measured: ${JSON.stringify(first).slice(0, 200)}`);
  if (!first.items.some(({ reason }) => reason.kind === 'because'))
    throw new Error('nothing is recommended because of anything');

  async function exchange(duration) {
    const latencies = { recommend: [], live: [] };
    const all = [];
    const send = (kind, path, headers, due) =>
      all.push(
        ask(agent, port, path, headers).then(() => latencies[kind].push(performance.now() - due)),
      );
    const began = performance.now();
    const count = Math.ceil(duration * rate);
    for (let at = 0; at < 2 * count; at += 1) {
      const due = began + (at / (2 * rate)) * 1000;
      // Asleep, at the cost of a timer's millisecond: turning until it is time would take half of a small machine.
      while (performance.now() < due) await sleep(1);
      if (at % 2 === 0) {
        const authorization = `Bearer ${tokens[(at * 7919) % users]}`;
        send('recommend', '/api/v1/recommendations', { authorization }, due);
      } else send('live', '/health/live', {}, due);
    }
    const late = sleep(secondsToSettle * 1000).then(() => {
      throw new Error('not all were answered');
    });
    await Promise.race([Promise.all(all), late]);
    const { recommend, live } = latencies;
    const p99 = percentile(recommend, 0.99);
    const p99Live = percentile(live, 0.99);
    return { p50: percentile(recommend, 0.5), p99, p99Live, p99AboveLive: p99 - p99Live };
  }

  await exchange(warmUp);
  return () => exchange(seconds);
});
