/** Everything that was seen of a run, as the checker reads it. Times are ms from the start of the run. */
export interface ChaosRecord {
  rooms: readonly RoomRecord[];
  faults: readonly FaultRecord[];
  /** How often senders and readers were refused with this answer, e.g. `rpc 108`. */
  refusals: Readonly<Record<string, number>>;
  /** Whether an HTTP request without an answer counts as a fault: no wire was cut. */
  everyRequestAnswered: boolean;
  exits: readonly ExitRecord[];
  settled: Settled;
}

/** How long it took after the last fault, ms, until … */
export interface Settled {
  /** every message was acknowledged, */
  acknowledged: number;
  /** everybody had heard every message, */
  caughtUp: number;
  /** and every replica named the same people. */
  presence: number;
}

export interface FaultRecord {
  at: number;
  until: number;
  what: string;
}

/** A replica that ended: as it was asked to, or not. */
export interface ExitRecord {
  at: number;
  replica: number;
  /** What it was asked to do, if anything. */
  asked: 'kill' | 'terminate' | null;
  /** Whether it had been ready. */
  served: boolean;
  how: string;
}

export interface RoomRecord {
  room: string;
  /** As it was when the run began. */
  epoch: string;
  /** Read back at the end, in the order it was given. */
  history: readonly Stored[];
  /** As the history names it at the end. */
  epochs: readonly string[];
  sent: readonly Sent[];
  receivers: readonly ReceiverRecord[];
  presence: readonly PresenceRecord[];
}

/** `key` names a message by sender and client id, `<user>/<cid>`; another event by its type. */
export interface Stored {
  seq: number;
  id: string;
  key: string;
}

export interface Sent {
  key: string;
  at: number;
  ack?: { at: number; id: string; seq: number; epoch: string };
  /** Attempts that gave no answer, or another one. */
  failures: readonly { at: number; why: string }[];
}

export interface ReceiverRecord {
  name: string;
  /** False where it left of its own accord: it need not have heard the rest. */
  stayed: boolean;
  steps: readonly Step[];
}

export type Step =
  /** The first subscription: the next event is `offset` + 1. */
  | { at: number; what: 'joined'; offset: number; epoch: string }
  /** Came as a publication. */
  | { at: number; what: 'heard'; seq: number; key: string }
  /** Came over REST, after `reload`. */
  | { at: number; what: 'read'; seq: number; key: string }
  | { at: number; what: 'resumed'; offset: number; epoch: string }
  /** Told `recovered: false`: it reads up to `offset` over REST. */
  | { at: number; what: 'reload'; offset: number; epoch: string }
  /** The connection, or the subscription, was interrupted; the client tries again by itself. */
  | { at: number; what: 'lost'; why: string }
  /** The server ended it for good. */
  | { at: number; what: 'ended'; why: string };

/** Who was there, by user and number of connections, and whom a replica named. */
export interface PresenceRecord {
  replica: number;
  expected: Readonly<Record<string, number>>;
  seen: Readonly<Record<string, number>>;
}
