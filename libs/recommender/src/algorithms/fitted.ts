import type { Interactions } from '../data/interactions.js';
import type { History } from '../data/history.js';
import type { Step } from '../step.js';
import type { Scorer } from '../metrics/ranker.js';
import type { FactorPart, NeighbourPart } from '../model/model.js';

/** Chosen values by name; each method documents its own. */
export type Parameters = Readonly<Record<string, number>>;

/** What a fit yields: a scorer in full precision, and its form for serving. */
export interface Fitted extends Scorer {
  /** Bounded by items · `strongest` cells; undefined where popularity is all there is to serve. */
  part(strongest: number, step: Step): Promise<NeighbourPart | FactorPart | undefined>;
}

export interface FitContext {
  seed: number;
  step: Step;
}

/** One parameter and the values it may have, rising. */
export interface Axis {
  name: string;
  values: readonly number[];
}

/** An algorithm as training knows it. */
export interface Method {
  /** Where choosing starts, known to be good: it is left only for what is clearly better. */
  defaults(data: Interactions): Parameters;
  /** In the order in which they are tried. */
  axes(defaults: Parameters): readonly Axis[];
  /** On a part of the data a fit wants other values than on all; `share` is that part's share of the interactions. */
  scaled?(parameters: Parameters, share: number): Parameters;
  fit(data: Interactions, parameters: Parameters, context: FitContext): Promise<Fitted>;
}

/** Weights w of a history as 1 + strength·(w − 1), as `Interactions.weighted` has them. */
export const strengthened = ({ weights }: History, strength: number): Float64Array =>
  Float64Array.from(weights, (weight) => 1 + strength * (weight - 1));

/** Cells kept a row where a catalogue is too large for all pairs. */
export const allPairsUpTo = 4000;
