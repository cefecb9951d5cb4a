import fc from 'fast-check';
import type { ManualClock } from '#libs/kernel';
import type { Stores } from '../stores.js';

/** What the commands of one run on one store have in common. */
export interface Run {
  clock: ManualClock;
  /** The number of the next event of the run: the same on both stores. */
  next: () => number;
}

/** One thing to do to a store, to be done to two and compared. */
export interface Command {
  run: (stores: Stores, state: Run) => Promise<unknown>;
  /** How it reads in a counterexample. */
  toString(): string;
}

type Given = Record<string, unknown>;

/** Commands of one name with arbitrary arguments; the more `weight`, the more often. */
export function command<G extends Given>(
  name: string,
  given: { [K in keyof G]: fc.Arbitrary<G[K]> },
  run: (stores: Stores, given: G, state: Run) => Promise<unknown> | undefined,
  weight = 1,
): { weight: number; arbitrary: fc.Arbitrary<Command> } {
  const arbitrary = fc.record(given) as unknown as fc.Arbitrary<G>;
  return {
    weight,
    arbitrary: arbitrary.map((values) => ({
      run: async (stores, state) => run(stores, values, state),
      toString: () => `${name} ${JSON.stringify(values)}`,
    })),
  };
}

/** Names that differ only where a careless comparison sees none: case, accent, width, trailing space. */
const awkward = ['a', 'A', 'á', 'b', 'a ', 'ａ', '😀', '\uffee'];
export const title = fc.constantFrom(...awkward);
/**
 * The same for keys, in whose order a server lists: without those whose order differs between code
 * points and UTF-16, which the server that stands in for MongoDB takes for one.
 */
export const name = fc.constantFrom('a', 'A', 'á', 'b', 'a ', '课', '😀');
export const few = fc.constantFrom('a', 'A', 'b');
/** Seconds from now until a deadline, and how far the clock moves. */
export const seconds = fc.integer({ min: 0, max: 6 });
export const small = fc.integer({ min: 0, max: 12 });
export const limit = fc.integer({ min: 1, max: 5 });
export const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
export const pageOf = (after: fc.Arbitrary<string>) =>
  fc.record({ limit, after }, { requiredKeys: ['limit'] });
export const several = <T>(arbitrary: fc.Arbitrary<T>, maxLength = 4) =>
  fc.array(arbitrary, { minLength: 1, maxLength });

const keysInOrder = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
    : value;

/** One text for one value, whatever the order of its fields. */
export const canonical = (value: unknown): string => JSON.stringify(value, keysInOrder);

/** For what comes in no order. */
export const sorted = <T>(items: readonly T[]): T[] =>
  [...items].sort((one, other) => (canonical(one) < canonical(other) ? -1 : 1));
