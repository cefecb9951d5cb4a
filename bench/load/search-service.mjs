// Searches one after the other over HTTP: how long the answers take. None was asked before, so that none is kept.
import { Agent, get } from 'node:http';
import { percentile } from '../lib/figures.mjs';
import { work } from '../lib/load.mjs';
import { searchCases } from '../lib/searches.mjs';

const hits = 20;

await work(async ({ ports: [port], passes }) => {
  const agent = new Agent({ keepAlive: true });
  const ask = (path) =>
    new Promise((resolve, reject) => {
      get({ agent, port, host: '127.0.0.1', path }, (answer) => {
        answer.resume().once('error', reject);
        answer.once('end', () =>
          answer.statusCode === 200
            ? resolve()
            : reject(new Error(`${path}: ${answer.statusCode}`)),
        );
      }).once('error', reject);
    });

  /** As many more hits with each pass make it another question. */
  async function pass(more, millis = []) {
    for (const { q, filter = {} } of searchCases()) {
      const query = new URLSearchParams({ q, limit: hits + more });
      for (const [name, values] of Object.entries(filter))
        for (const value of values) query.append(name, value);
      const began = performance.now();
      await ask(`/api/v1/courses?${query}`);
      millis.push(performance.now() - began);
    }
  }

  await pass(0);
  return async () => {
    const millis = [];
    for (let n = 1; n <= passes; n += 1) await pass(n, millis);
    agent.destroy();
    return {
      p50: percentile(millis, 0.5),
      p95: percentile(millis, 0.95),
      p99: percentile(millis, 0.99),
    };
  };
});
