import { pause } from '../support/until.js';
import type { Crowd } from './crowd/index.js';
import { Entrance } from './crowd/entrance.js';
import type { Deployment } from './deployment/index.js';
import { Random } from './random.js';
import type { RoomRecord } from './record.js';

/** How long after the last fault everything has to be as if there had been none, ms. */
export const settleMs = 120_000;

const same = (one: object, other: object): boolean => {
  const sorted = (counts: object) => JSON.stringify(Object.entries(counts).sort());
  return sorted(one) === sorted(other);
};

/** Resolves with `work`'s result, or undefined when `deadline` (of `now`) has passed. */
const before = <T>(deadline: number, now: () => number, work: Promise<T>): Promise<T | undefined> =>
  Promise.race([work, pause(Math.max(0, deadline - now())).then(() => undefined)]);

/**
 * Waits, for a bounded time, until all is acknowledged, everybody has caught up and every replica
 * names the same people. Whether that came about is for the checker to say.
 */
export async function settle(
  crowd: Crowd,
  { urls }: Pick<Deployment, 'urls'>,
  now: () => number,
): Promise<RoomRecord['presence'][]> {
  const deadline = now() + settleMs;
  await before(deadline, now, crowd.stop());
  while (!crowd.caughtUp && now() < deadline) await pause(50);
  const entrances = urls.map((url) => new Entrance([url], new Random(0)));
  for (;;) {
    const presence = await crowd.presence(entrances);
    const converged = presence.flat().every(({ expected, seen }) => same(expected, seen));
    if (converged || now() > deadline) return presence;
    await pause(500);
  }
}
