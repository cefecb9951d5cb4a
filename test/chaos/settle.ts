import { pause } from '../support/until.js';
import type { Crowd } from './crowd/index.js';
import { Entrance } from './crowd/entrance.js';
import type { Deployment } from './deployment/index.js';
import { Random } from './random.js';
import type { RoomRecord, Settled } from './record.js';

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
 * @param stopped when the last message was acknowledged that the senders began
 */
export async function settle(
  crowd: Crowd,
  { urls }: Pick<Deployment, 'urls'>,
  stopped: Promise<void>,
  now: () => number,
): Promise<{ presence: RoomRecord['presence'][]; settled: Settled }> {
  const begun = now();
  const deadline = begun + settleMs;
  await before(deadline, now, stopped);
  const acknowledged = now() - begun;
  while (!crowd.caughtUp && now() < deadline) await pause(50);
  const caughtUp = now() - begun;
  const entrances = urls.map((url) => new Entrance([url], new Random(0)));
  for (;;) {
    const presence = await crowd.presence(entrances).catch((error: unknown) => {
      if (now() > deadline) throw error;
      return undefined;
    });
    const converged = presence?.flat().every(({ expected, seen }) => same(expected, seen));
    if (presence && (converged || now() > deadline))
      return { presence, settled: { acknowledged, caughtUp, presence: now() - begun } };
    await pause(500);
  }
}
