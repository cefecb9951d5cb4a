import { check, type Violation } from '../../chaos/checker/index.js';
import { Entrance } from '../../chaos/crowd/entrance.js';
import { Crowd } from '../../chaos/crowd/index.js';
import { Random } from '../../chaos/random.js';
import type { ChaosRecord, ExitRecord, FaultRecord } from '../../chaos/record.js';
import { settle } from '../../chaos/settle.js';
import { pause } from '../../support/until.js';
import type { Deployment } from './deployment.js';
import { docker, say } from './docker.js';

const size = { rooms: 3, receivers: 4, rate: 20 };
/** Requests that only look, beside what is sent, each so often, ms. */
const lookMs = 100;
/** Between two faults, ms. */
const calmMs = [1000, 4000] as const;

const clock = (): number => Math.round(performance.now());

/** What is done to a deployment while it is used. */
export interface Faults {
  exits: ExitRecord[];
  note: (what: string, work: () => Promise<void>) => Promise<void>;
}

interface Use {
  /** Whether a request without an answer is a fault: no replica is killed. */
  everyRequestAnswered: boolean;
  work: (faults: Faults) => Promise<void>;
}

/** What is wrong with what everybody saw of `deployment` while `work` was done to it; nothing, if all is well. */
export async function underLoad(
  deployment: Deployment,
  { everyRequestAnswered, work }: Use,
): Promise<{ violations: Violation[]; acknowledged: number }> {
  const random = new Random(Date.now() % 1_000_000);
  const entrance = new Entrance([deployment.url], random);
  const crowd = new Crowd(size, entrance, random, clock);
  const faults: FaultRecord[] = [];
  const exits: ExitRecord[] = [];
  let over = false;
  try {
    await crowd.start();
    const looking = (async () => {
      while (!over) {
        await Promise.allSettled(crowd.looks());
        await pause(lookMs);
      }
    })();
    const note: Faults['note'] = async (what, fault) => {
      const at = clock();
      say(`${deployment.profile}: ${what}, ${crowd.acknowledged} messages acknowledged`);
      await fault();
      faults.push({ at, until: clock(), what });
    };
    await pause(1000);
    await work({ exits, note });
    await pause(1000);
    over = true;
    await looking;
    const urls = { urls: [deployment.url] };
    const { presence, settled } = await settle(crowd, urls, crowd.stop(), clock);
    const rooms = await crowd.record(presence);
    const { refusals } = entrance;
    const record: ChaosRecord = { rooms, faults, refusals, everyRequestAnswered, exits, settled };
    return { violations: check(record), acknowledged: crowd.acknowledged };
  } finally {
    over = true;
    crowd.close();
  }
}

/** Kills one replica after the other for so long, each as a machine that fails would, and starts it again. */
export const killing =
  (deployment: Deployment, seconds: number): Use['work'] =>
  async ({ note, exits }) => {
    const random = new Random(seconds);
    const containers = await deployment.replicas();
    const end = clock() + seconds * 1000;
    do {
      const victim = random.pick(containers);
      const replica = containers.indexOf(victim);
      await note(`kill replica ${replica}`, async () => {
        await docker(['kill', '-s', 'KILL', victim]);
        exits.push({ at: clock(), replica, asked: 'kill', served: true, how: 'SIGKILL' });
        await pause(random.between(0, 1500));
        await docker(['start', victim]);
        await deployment.healthy(victim);
      });
      await pause(random.between(...calmMs));
    } while (clock() < end);
  };
