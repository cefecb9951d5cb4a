import { pause } from '../support/until.js';
import { readArguments } from './arguments.js';
import { Entrance } from './crowd/entrance.js';
import { Crowd } from './crowd/index.js';
import { Nginx } from './deployment/nginx.js';
import { Random } from './random.js';
import type { ChaosRecord, FaultRecord } from './record.js';
import { keep, report } from './report/index.js';
import { Progress } from './report/progress.js';
import { settle, settleMs } from './settle.js';
import { clock, onStage } from './stage.js';

const replicas = 3;
const drainSeconds = 3;
/** Between the readiness of one replica and the stop of the next, ms. */
const calmMs = 2000;
/** A request of each kind beside what senders post, each so often, ms. */
const lookMs = 50;

await onStage(async ({ deployment, afterwards }) => {
  const args = readArguments(process.argv.slice(2), { rooms: 10, receivers: 3, rate: 100 });
  const { profile, seed, times, rooms, receivers, rate } = args;
  const title = `npm run chaos:rolling -- --profile ${profile} --times ${times} --rooms ${rooms} --receivers ${receivers} --rate ${rate} --seed ${seed}`;
  process.stderr.write(`${title}\n`);
  await deployment.start(profile, replicas, drainSeconds);
  const addresses = deployment.replicas.map(({ port }) => `127.0.0.1:${port}`);
  const nginx = await Nginx.start(deployment.dir, addresses);
  process.on('exit', () => nginx.killNow());
  afterwards(() => nginx.stop());
  const random = new Random(seed);
  const entrance = new Entrance([nginx.url], random);
  const crowd = new Crowd(args, entrance, random, clock);
  afterwards(() => crowd.close());
  await crowd.start();

  let doing = 'calm';
  const progress = new Progress(
    () => `${crowd.acknowledged} acknowledged, ${crowd.events} received; ${doing}`,
  );
  afterwards(() => progress.end());
  let over = false;
  const looking = (async () => {
    while (!over) {
      await Promise.allSettled(crowd.looks());
      await pause(lookMs);
    }
  })();
  const faults: FaultRecord[] = [];
  for (let time = 1; time <= times; time += 1) {
    for (const replica of deployment.replicas) {
      await pause(calmMs);
      const at = clock();
      doing = `restart ${time} of ${times}, replica ${replica.number}`;
      await replica.terminate();
      await replica.start();
      faults.push({ at, until: clock(), what: `restart replica ${replica.number}` });
    }
  }
  await pause(calmMs);
  over = true;
  await looking;
  await deployment.allReady(settleMs);
  const { presence, settled } = await settle(crowd, deployment, crowd.stop(), clock);
  const record: ChaosRecord = {
    rooms: await crowd.record(presence),
    faults,
    refusals: entrance.refusals,
    everyRequestAnswered: true,
    exits: deployment.exits,
    settled,
  };
  progress.end();
  if (args.keep !== undefined) keep(args.keep, record, deployment.dir);
  return report(title, record, (text) => process.stdout.write(`${text}\n`));
});
