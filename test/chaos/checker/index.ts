import type { ChaosRecord, RoomRecord } from '../record.js';
import { checkAcks, checkHistory } from './history.js';
import { checkReceivers } from './receiver.js';
import type { Violation } from './violation.js';

export { type Violation, violationKinds } from './violation.js';

function checkPresence({ room, presence }: RoomRecord): Violation[] {
  return presence.flatMap(({ replica, expected, seen }): Violation[] => {
    const users = new Set([...Object.keys(expected), ...Object.keys(seen)]);
    return [...users]
      .filter((user) => expected[user] !== seen[user])
      .map((user) => ({
        kind: 'presence',
        room,
        what: `replica ${replica} says that ${user} has ${seen[user] ?? 0} connections, not ${expected[user] ?? 0}`,
      }));
  });
}

/**
 * What a client may be told while servers fail: that something is not available, or nothing at all.
 * Anything else is an answer that is not so ("there is no such room") or that nobody foresaw.
 */
const mayBeTold = /^(rpc|subscribe|connect) 108$|^http 503$|^(rpc|subscribe): no answer$/;

function checkAnswers({ refusals, everyRequestAnswered }: ChaosRecord): Violation[] {
  return Object.entries(refusals)
    .filter(([answer]) => !mayBeTold.test(answer))
    .filter(([answer]) => everyRequestAnswered || answer !== 'http: no answer')
    .map(([answer, count]) => ({ kind: 'answer', what: `${count} times: ${answer}` }));
}

/** The exit code of a process that finds a store silent at its start. */
const unavailable = 'code 69';

function checkExits({ exits }: ChaosRecord): Violation[] {
  return exits.flatMap(({ at, replica, asked, served, how }): Violation[] => {
    if (asked === 'kill') return [];
    if (asked === 'terminate' ? how === 'code 0' : !served && how === unavailable) return [];
    const when = asked ? 'at SIGTERM' : served ? 'by itself' : 'at its start';
    return [{ kind: 'process', at, what: `replica ${replica} ended ${when} with ${how}` }];
  });
}

/** All that is wrong with a record, in order of time where it is known. */
export function check(record: ChaosRecord): Violation[] {
  const found = record.rooms.flatMap((room) => [
    ...checkHistory(room),
    ...checkAcks(room),
    ...checkReceivers(room),
    ...checkPresence(room),
  ]);
  found.push(...checkAnswers(record), ...checkExits(record));
  return found.sort((one, other) => (one.at ?? Infinity) - (other.at ?? Infinity) || 0);
}
