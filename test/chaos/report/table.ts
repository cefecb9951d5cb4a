import { type Violation, violationKinds } from '../checker/index.js';
import type { ChaosRecord, Step } from '../record.js';

const count = <T>(items: readonly T[], of: (item: T) => boolean): number =>
  items.reduce((sum, item) => sum + (of(item) ? 1 : 0), 0);

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const tally = (names: readonly string[]): string => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const lines = [...counts].sort(([one], [other]) => one.localeCompare(other));
  return lines.map(([name, times]) => `${name} ${times}`).join(', ') || 'none';
};

/** What was done to what, without which of the replicas it was: "kill replica", "cut bus". */
const kindOf = (what: string): string => what.replace(/ of replica \d+/, '').replace(/ \d+$/, '');

/** A run in figures, name by name. */
export function figures(record: ChaosRecord, found: readonly Violation[]): Record<string, string> {
  const { settled } = record;
  const sent = record.rooms.flatMap((room) => room.sent);
  const receivers = record.rooms.flatMap((room) => room.receivers);
  const steps = (...what: Step['what'][]) =>
    receivers.reduce(
      (sum, { steps: all }) => sum + count(all, (one) => what.includes(one.what)),
      0,
    );
  const acked = sent.flatMap(({ ack }) => (ack ? [ack.at] : []));
  const ms = acked.reduce((last, at) => Math.max(last, at), 0) - (sent[0]?.at ?? 0);
  const text: Record<string, number | string> = {
    'messages acknowledged': acked.length,
    'messages per second': Math.round((acked.length * 1000) / Math.max(1, ms)),
    'sent again until they were': sent.reduce((sum, { failures }) => sum + failures.length, 0),
    'deliveries received': steps('heard', 'read'),
    receivers: receivers.length,
    faults: record.faults.length,
    'by kind': tally(record.faults.map(({ what }) => kindOf(what))),
    'connections lost': steps('lost'),
    'resumed with all that was missed': steps('resumed'),
    'told to reload': steps('reload'),
    'settled after the last fault': `acknowledged in ${seconds(settled.acknowledged)}, caught up in ${seconds(settled.caughtUp)}, presence in ${seconds(settled.presence)}`,
    'refusals met':
      Object.entries(record.refusals)
        .map(([answer, times]) => `${answer} ${times}`)
        .sort()
        .join(', ') || 'none',
  };
  for (const kind of violationKinds) text[kind] = count(found, (one) => one.kind === kind);
  return Object.fromEntries(Object.entries(text).map(([name, value]) => [name, String(value)]));
}

/** Two columns; what does not fit in `width` goes on below. */
export function table(rows: Readonly<Record<string, string>>, width = 100): string {
  const left = Math.max(...Object.keys(rows).map((name) => name.length)) + 2;
  const lines = Object.entries(rows).flatMap(([name, value]) => {
    const [first = '', ...more] = wrapped(value, width - left);
    return [name.padEnd(left) + first, ...more.map((line) => ' '.repeat(left) + line)];
  });
  return lines.join('\n');
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(/(?<=, )/)) {
    const line = lines.at(-1) ?? '';
    if (line.length + word.length > width && line !== '') lines.push(word);
    else lines[lines.length - 1] = line + word;
  }
  return lines.map((line) => line.trimEnd());
}
