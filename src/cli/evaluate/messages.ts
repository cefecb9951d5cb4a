import type { Algorithm, Metrics } from '#libs/recommender';

/** What the parent asks of a process that measures one algorithm and nothing else. */
export interface EvaluateRequest {
  train: string;
  test: string;
  k: number;
  algorithm: Algorithm;
  seed: number;
  budgetMs: number;
  /** What earlier processes chose. */
  known: Readonly<Record<string, number>>;
}

export interface AlgorithmRow extends Metrics {
  name: Algorithm;
  /** Of the fit on all of the train rows. */
  trainSeconds: number;
  /** Of choosing parameters on inner splits of the train rows, before. */
  chooseSeconds: number;
  /** Resident memory of the process at its highest: reading, choosing, fitting, ranking. */
  peakMb: number;
  parameters: Readonly<Record<string, number>>;
}

export type EvaluateMessage =
  | { kind: 'progress'; step: string; done: number }
  | { kind: 'done'; users: number; row: AlgorithmRow }
  | { kind: 'failed'; message: string; exitCode: number };
