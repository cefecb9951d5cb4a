import { busContract } from './bus-contract.js';
import { dataContract } from './data-contract.js';
import { historyContract } from './history-contract.js';
import { sessionContract } from './session-contract.js';
import type { Subject } from './subject.js';

export { counted, failing, slow } from './decorators.js';
export { event } from './history-events.js';
export { account, content, document } from './data-records.js';
export type { Subject } from './subject.js';

/** Proves every promise of every port the adapter serves. An adapter's spec is this one call. */
export function describeAdapter(subject: Subject): void {
  const { data, history, session, bus } = subject.adapter;
  if (data) dataContract(subject);
  if (history) historyContract(subject);
  if (session) sessionContract(subject);
  if (bus) busContract(subject);
}
