import { pause } from '../../support/until.js';
import type { TcpProxy } from '../../support/proxy.js';
import type { Fault, FaultKind } from '../schedule.js';
import type { Deployment } from './index.js';
import type { Replica } from './replica.js';

/** How much later each chunk arrives on a slow wire, ms. */
const slowMs = 150;

async function onReplica(kind: FaultKind, ms: number, replica: Replica): Promise<void> {
  if (kind === 'pause') {
    replica.pause();
    await pause(ms);
    return replica.resume();
  }
  await (kind === 'kill' ? replica.kill() : replica.terminate());
  await pause(ms);
  await replica.start();
}

async function onWires(kind: FaultKind, ms: number, wires: readonly TcpProxy[]): Promise<void> {
  const all = (work: (wire: TcpProxy) => unknown) => Promise.all(wires.map(work));
  if (kind === 'cut') return void (await all((wire) => wire.cut()));
  if (kind === 'half-open') return void (await all((wire) => wire.abandon()));
  if (kind === 'slow') await all((wire) => wire.delay(slowMs));
  if (kind === 'silence') await all((wire) => wire.hang());
  if (kind === 'refuse') await all((wire) => wire.refuse());
  if (kind === 'lose replies') await all((wire) => wire.swallowReplies());
  await pause(ms);
  // What was answered never arrives: the caller cannot know whether it was done.
  if (kind === 'lose replies') await all((wire) => wire.cut());
  await all((wire) => wire.heal());
}

/** Does what the fault says, and undoes it; resolves when it is over. */
export async function inflict(
  { kind, ms, target }: Fault,
  { replicas, wires, servers }: Deployment,
): Promise<void> {
  if (target.part === 'server') {
    const [, server] = [...servers].find(([name]) => name === target.server) ?? [];
    if (!server) throw new Error(`there is no server ${target.server}`);
    await (kind === 'kill' ? server.kill() : server.stop());
    await pause(ms);
    return server.boot();
  }
  const replica = replicas[target.replica];
  const ofReplica = wires[target.replica];
  if (!replica || !ofReplica) throw new Error(`there is no replica ${target.replica}`);
  if (target.part === 'replica') return onReplica(kind, ms, replica);
  return onWires(kind, ms, [ofReplica[target.side]].flat());
}
