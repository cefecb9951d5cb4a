import { Random } from './random.js';

/** What can be done to the parts of a deployment; a wire is a proxy in front of one replica or behind it. */
export const faultKinds = {
  replica: ['kill', 'terminate', 'pause'],
  server: ['kill', 'restart'],
  wire: ['cut', 'slow', 'silence', 'refuse', 'lose replies', 'half-open'],
} as const;

type Part = keyof typeof faultKinds;
export type FaultKind = (typeof faultKinds)[Part][number];

/** `wire` is between clients, stores or the bus on one side and the replica of that number on the other. */
export type Target =
  | { part: 'replica'; replica: number }
  | { part: 'server'; server: string }
  | { part: 'wire'; side: 'clients' | 'stores' | 'bus'; replica: number };

export interface Fault {
  /** When it begins, ms from the start of the run. */
  at: number;
  /** How long it lasts, ms; what has to start again takes longer. */
  ms: number;
  kind: FaultKind;
  target: Target;
}

export interface Plan {
  seed: number;
  seconds: number;
  replicas: number;
  /** Kinds of server that the profile needs. */
  servers: readonly string[];
  /** Those that lose what they acknowledged when they are killed, and so never are. */
  forgetful: readonly string[];
}

interface Card {
  kind: FaultKind;
  part: 'replica' | 'server' | 'clients' | 'stores' | 'bus';
}

/** Before the first fault, and the longest between two, ms. */
const quietMs = 2000;
const gapMs = [300, 3500] as const;
/** The last fault: hints get lost while the last messages are sent, and nothing after them shows it, ms. */
const lastMs = 3000;
/**
 * How long the end of some connections may go unnoticed, ms: a dead replica's presence for its time to
 * live, a half-open connection until a pong is missed. Later than that before the end there are none.
 */
const lingersMs = 60_000;

const lingers = ({ kind, part }: Card): boolean =>
  (part === 'replica' && kind === 'kill') || (part === 'clients' && kind === 'half-open');

/** Every kind of fault at least once; the commoner ones more often. */
function deck({ servers, forgetful }: Plan): Card[] {
  const wires = (['clients', 'stores', 'bus'] as const).flatMap((part) =>
    faultKinds.wire.map((kind) => ({ kind, part })),
  );
  const onServers = servers.flatMap((name): Card[] => [
    { kind: 'restart', part: 'server' },
    ...(forgetful.includes(name) ? [] : [{ kind: 'kill', part: 'server' } as const]),
  ]);
  const onReplicas = (['kill', 'kill', 'terminate', 'terminate', 'pause', 'pause'] as const).map(
    (kind) => ({ kind, part: 'replica' as const }),
  );
  return [...wires, ...onServers, ...onReplicas];
}

/** One round of the deck; what lingers comes in its first half, so that a short run has it too. */
function dealt(cards: readonly Card[], random: Random): Card[] {
  const others = random.shuffled(cards.filter((card) => !lingers(card)));
  const late = others.splice(0, Math.ceil(cards.length / 2));
  return [...random.shuffled([...others, ...cards.filter(lingers)]), ...late];
}

function targetsOf({ kind, part }: Card, { replicas, servers, forgetful }: Plan): Target[] {
  const numbers = Array.from({ length: replicas }, (_, replica) => replica);
  if (part === 'replica') return numbers.map((replica) => ({ part, replica }));
  if (part !== 'server') return numbers.map((replica) => ({ part: 'wire', side: part, replica }));
  return servers
    .filter((server) => kind !== 'kill' || !forgetful.includes(server))
    .map((server) => ({ part, server }));
}

export const nameOf = (target: Target): string =>
  target.part === 'wire'
    ? `${target.side} of replica ${target.replica}`
    : target.part === 'replica'
      ? `replica ${target.replica}`
      : target.server;

/** The faults of a run, in order: a function of the plan and of nothing else. */
export function schedule(plan: Plan): Fault[] {
  const random = new Random(plan.seed);
  const end = plan.seconds * 1000;
  const lastLingering = Math.max(end / 2, end - lingersMs);
  const busyUntil = new Map<string, number>();
  const last: Fault = {
    at: end - lastMs,
    ms: lastMs,
    kind: random.pick(['half-open', 'silence', 'refuse']),
    target: { part: 'wire', side: 'bus', replica: random.between(0, plan.replicas - 1) },
  };
  const faults: Fault[] = [];
  let cards: Card[] = [];
  for (let at = quietMs; at < end; at += random.between(...gapMs)) {
    if (cards.length === 0) cards = dealt(deck(plan), random);
    const card = cards.shift();
    if (!card || (lingers(card) && at > lastLingering)) continue;
    const ms = Math.min(random.between(200, random.next() < 0.15 ? 12_000 : 4000), end - at);
    const free = targetsOf(card, plan)
      .filter((one) => (busyUntil.get(nameOf(one)) ?? 0) <= at)
      .filter((one) => at + ms <= last.at || nameOf(one) !== nameOf(last.target));
    if (free.length === 0) continue;
    const target = random.pick(free);
    busyUntil.set(nameOf(target), at + ms);
    faults.push({ at, ms, kind: card.kind, target });
  }
  return [...faults, last].sort((one, other) => one.at - other.at);
}
