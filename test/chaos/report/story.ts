import type { Violation } from '../checker/index.js';
import type { ChaosRecord, ReceiverRecord, RoomRecord, Step } from '../record.js';

/** How long before and after it showed a fault counts as part of a story, ms. */
const beforeMs = 8000;
const afterMs = 2000;
const mostLines = 30;

interface Line {
  at: number;
  text: string;
}

const near = (at: number, when: number): boolean => at >= when - beforeMs && at <= when + afterMs;

const told = (step: Step): string => {
  if (step.what === 'heard') return `heard ${step.seq} (${step.key})`;
  if (step.what === 'read') return `read ${step.seq} over REST (${step.key})`;
  if (step.what === 'lost' || step.what === 'ended') return `${step.what}: ${step.why}`;
  return `${step.what} at ${step.offset}`;
};

function ofMessage({ sent, receivers }: RoomRecord, { key, seq }: Violation): Line[] {
  const message = sent.find((one) => (key === undefined ? one.ack?.seq === seq : one.key === key));
  const lines: Line[] = [];
  if (message) {
    lines.push({ at: message.at, text: `${message.key} was sent` });
    for (const { at, why } of message.failures) lines.push({ at, text: `sent in vain: ${why}` });
    if (message.ack) lines.push({ at: message.ack.at, text: `acknowledged as ${message.ack.seq}` });
  }
  const heard = receivers.flatMap(({ steps }) =>
    steps.filter((step) => 'seq' in step && step.seq === seq).map(({ at }) => at),
  );
  if (heard.length > 0)
    lines.push({
      at: Math.min(...heard),
      text: `heard ${heard.length} times by ${receivers.length} receivers, until ${seconds(Math.max(...heard))}`,
    });
  return lines;
}

/** The connection's ups and downs, and what it heard just around the place. */
function ofReceiver({ name, steps }: ReceiverRecord, { seq, at }: Violation): Line[] {
  return steps
    .filter((step) =>
      'seq' in step
        ? seq !== undefined && Math.abs(step.seq - seq) <= 2
        : at === undefined || near(step.at, at),
    )
    .map((step) => ({ at: step.at, text: `${name} ${told(step)}` }));
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(3)} s`;

/** What led to a violation, in order of time, and nothing else. */
export function story(record: ChaosRecord, violation: Violation): string {
  const room = record.rooms.find((one) => one.room === violation.room);
  const receiver = room?.receivers.find(({ name }) => name === violation.receiver);
  const lines = room ? ofMessage(room, violation) : [];
  const at = violation.at ?? lines[0]?.at;
  if (receiver)
    lines.push(...ofReceiver(receiver, { ...violation, ...(at !== undefined && { at }) }));
  for (const fault of record.faults)
    if (at !== undefined && fault.at <= at + afterMs && fault.until >= at - beforeMs)
      lines.push({ at: fault.at, text: `FAULT ${fault.what}, until ${seconds(fault.until)}` });
  for (const { at: when, replica, how } of record.exits)
    if (at !== undefined && near(when, at))
      lines.push({ at: when, text: `replica ${replica} ended with ${how}` });
  lines.sort((one, other) => one.at - other.at);
  const shown = lines
    .slice(0, mostLines)
    .map((line) => `  ${seconds(line.at).padStart(10)}  ${line.text}`);
  if (lines.length > mostLines) shown.push(`  and ${lines.length - mostLines} lines more`);
  const where = [violation.room, violation.receiver].filter(Boolean).join(', ');
  const title = `${violation.kind}: ${violation.what}${where ? ` (${where})` : ''}`;
  return [title, ...shown].join('\n');
}
