/** One thing a user did with an item. `value` are stars, 1–5, of a rating. */
export interface Interaction {
  user: string;
  item: string;
  type: 'view' | 'enrol' | 'complete' | 'rate';
  value?: number;
  /** ms since the epoch */
  at: number;
}

/** Scores of one list, best first, ties by item. */
export interface Scored {
  item: string;
  score: number;
}

/** What training yields; plain data, equal for equal input. */
export interface Model {
  popular: Scored[];
  trending: Scored[];
  /** item → its nearest items by co-enrolment, at most `neighbourCount`. */
  neighbours: Record<string, Scored[]>;
}

export const emptyModel: Model = { popular: [], trending: [], neighbours: {} };

/** Best first; equal scores by item, so that equal models answer equally everywhere. */
export const best = (scored: readonly Scored[]): Scored[] =>
  [...scored].sort((one, other) => other.score - one.score || (one.item < other.item ? -1 : 1));

/** Deterministic: equal models give equal bytes, whose hash names the version. */
export const encodeModel = (model: Model): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(model));

/** @throws Error where the bytes are not a model */
export function decodeModel(bytes: Uint8Array): Model {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new Error('the blob is not a recommendation model', { cause: error });
  }
  if (!isModel(value)) throw new Error('the blob is not a recommendation model');
  return value;
}

const isScored = (value: unknown): value is Scored[] =>
  Array.isArray(value) &&
  value.every(
    (entry: Partial<Scored> | null) =>
      typeof entry?.item === 'string' && Number.isFinite(entry.score),
  );

function isModel(value: unknown): value is Model {
  if (typeof value !== 'object' || value === null) return false;
  const { popular, trending, neighbours } = value as Partial<Model>;
  return (
    isScored(popular) &&
    isScored(trending) &&
    typeof neighbours === 'object' &&
    neighbours !== null &&
    Object.values(neighbours).every(isScored)
  );
}
