import { pause } from '../support/until.js';
import { type Arguments, readArguments } from './arguments.js';
import { Entrance } from './crowd/entrance.js';
import { Crowd } from './crowd/index.js';
import { inflict } from './deployment/inflict.js';
import { kindOf, storesOf } from './deployment/places.js';
import type { Deployment } from './deployment/index.js';
import { Random } from './random.js';
import type { ChaosRecord, FaultRecord } from './record.js';
import { keep, report } from './report/index.js';
import { Progress } from './report/progress.js';
import { type Fault, nameOf, schedule } from './schedule.js';
import { clock, onStage } from './stage.js';
import { settle, settleMs } from './settle.js';

const replicas = 3;
/** Short, so that many stops fit in a run; what a stop does is the same. */
const drainSeconds = 2;
/** MongoDB's stand-in (test/support/servers/mongodb) loses acknowledged writes when it is killed. */
const forgetful = ['mongodb'];
/** Somebody leaves for good and a newcomer joins, about so often, ms. */
const changeMs = 1500;
/** How long before the last fault is over nobody begins another message, ms. */
const quietMs = 1000;

function plan({ profile, seconds, seed }: Arguments): Fault[] {
  const servers = [
    ...new Set(Object.values(storesOf(profile)).flatMap((url) => kindOf(url) ?? [])),
  ];
  return schedule({ seed, seconds, replicas, servers, forgetful });
}

/** Every fault at its time; resolves when the last is over. */
async function play(
  faults: readonly Fault[],
  deployment: Deployment,
  under: Set<string>,
): Promise<FaultRecord[]> {
  const start = clock();
  return Promise.all(
    faults.map(async (fault) => {
      await pause(start + fault.at - clock());
      const target = nameOf(fault.target);
      // What had to start again may take longer than planned: nothing is done to it meanwhile.
      while (under.has(target)) await pause(20);
      under.add(target);
      const at = clock();
      await inflict(fault, deployment);
      under.delete(target);
      return { at, until: clock(), what: `${fault.kind} ${target}` };
    }),
  );
}

await onStage(async ({ deployment, afterwards }) => {
  const args = readArguments(process.argv.slice(2), { rooms: 4, receivers: 8, rate: 30 });
  const { profile, seconds, seed } = args;
  const title = `npm run chaos -- --profile ${profile} --seconds ${seconds} --seed ${seed}`;
  process.stderr.write(`${title}\n`);
  const faults = plan(args);
  await deployment.start(profile, replicas, drainSeconds);
  const random = new Random(seed);
  const entrance = new Entrance(deployment.urls, random);
  const crowd = new Crowd(args, entrance, random, clock);
  afterwards(() => crowd.close());
  await crowd.start();

  const under = new Set<string>();
  const begun = clock();
  const progress = new Progress(() => {
    const passed = Math.round((clock() - begun) / 1000);
    const now = passed > seconds ? 'settling' : [...under].join(', ') || 'calm';
    return `${passed} of ${seconds} s: ${crowd.acknowledged} acknowledged, ${crowd.events} received; ${now}`;
  });
  afterwards(() => progress.end());
  void crowd.change(changeMs);
  // The last word is said while hints are being lost: nothing after it shows that one is missing.
  const silent = pause(seconds * 1000 - quietMs).then(() => ({ stopped: crowd.stop() }));
  const [played, { stopped }] = await Promise.all([play(faults, deployment, under), silent]);
  await deployment.allReady(settleMs);
  const { presence, settled } = await settle(crowd, deployment, stopped, clock);
  const record: ChaosRecord = {
    rooms: await crowd.record(presence),
    faults: played.sort((one, other) => one.at - other.at),
    refusals: entrance.refusals,
    everyRequestAnswered: false,
    exits: deployment.exits,
    settled,
  };
  progress.end();
  if (args.keep !== undefined) keep(args.keep, record, deployment.dir);
  return report(title, record, (text) => process.stdout.write(`${text}\n`));
});
