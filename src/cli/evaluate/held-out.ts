import type { Case, Interactions } from '#libs/recommender';
import type { RatingRow } from './ratings-csv.js';

const nothing = { items: new Int32Array(0), weights: new Float32Array(0) };

/**
 * One case a user of the test rows. A user who is not in `train` has an empty history. An item that is not in `train`
 * counts as held out and can never be hit. What the user has in `train` is removed from lists, so it is no held-out
 * item either; a user of whom nothing else is held out is no case.
 */
export async function heldOutCases(
  train: Interactions,
  rows: AsyncIterable<RatingRow>,
): Promise<Case[]> {
  const userAt = new Map(train.users.map((id, at) => [id, at]));
  const itemAt = new Map(train.items.map((id, at) => [id, at]));
  const byUser = new Map<string, Set<string>>();
  for await (const { user, item } of rows) {
    const items = byUser.get(user);
    if (items) items.add(item);
    else byUser.set(user, new Set([item]));
  }
  const cases: Case[] = [];
  for (const [user, items] of byUser) {
    const at = userAt.get(user);
    const history = at === undefined ? nothing : train.historyOf(at);
    const seen = new Set(history.items);
    const heldOut = new Set<number>();
    let unknown = 0;
    for (const item of items) {
      const place = itemAt.get(item);
      if (place === undefined) unknown += 1;
      else if (!seen.has(place)) heldOut.add(place);
    }
    if (heldOut.size + unknown > 0) cases.push({ history, heldOut, unknown });
  }
  return cases;
}
