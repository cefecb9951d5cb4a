import { BlendFit } from '../algorithms/blend-fit.js';
import type { Fitted, Parameters } from '../algorithms/fitted.js';
import type { Interactions } from '../data/interactions.js';
import type { Step } from '../step.js';
import type { Metrics } from '../metrics/evaluation.js';
import type { Scorer } from '../metrics/ranker.js';
import type { Algorithm } from '../model/model.js';
import { choose, type Chosen, type Fold, innerSplit } from '../selection/index.js';
import { Context, type ContextOptions } from './context.js';
import { judge, measure } from './judging.js';
import { type Blended, blended, blendedNames, methods, shareAxes, type Single } from './methods.js';

/** Lists are judged by their first so many items. */
export const judgedAt = 10;

/** Of a user only so many interactions count, the latest: the work grows with their square. */
const mostOfUser = 2000;

export interface Part {
  name: Single;
  fitted: Fitted;
  share: number;
}

/** A fit on all the data, in full precision. */
export interface Trained {
  algorithm: Algorithm;
  scorer: Scorer;
  parts: readonly Part[];
  /** By name: `ease.lambda`, … and the shares of a blend, `blend.ials`, … */
  parameters: Parameters;
  /** On the inner folds; null where there was nothing to hold out, or no time. */
  metrics: (Metrics & { k: number; users: number }) | null;
  chooseSeconds: number;
  fitSeconds: number;
}

/** Chooses parameters on inner folds of the data, then fits on all of it. What was chosen once is kept. */
export class Training {
  private readonly context: Context;
  private readonly folds: Fold[];
  private readonly chosen = new Map<Single, Parameters>();
  private shares: Parameters | undefined;

  private readonly data: Interactions;

  constructor(
    data: Interactions,
    private readonly options: ContextOptions = {},
  ) {
    this.data = data.latest(mostOfUser);
    this.context = new Context(options);
    const most = Math.max(...Object.values(methods).map(({ folds }) => folds));
    this.folds = innerSplit(this.data, most, this.context.seed);
  }

  async fit(algorithm: Algorithm): Promise<Trained> {
    this.options.signal?.throwIfAborted();
    const names: readonly Single[] = algorithm === 'blend' ? blendedNames : [algorithm];
    const before = this.context.chosenSeconds;
    const metrics = await this.context.choosing(async () => {
      for (const name of names) await this.choose(name);
      return algorithm === 'blend' ? this.chooseShares() : this.measured(names);
    });
    const began = performance.now();
    const parts: Part[] = [];
    for (const name of names) {
      const parameters = this.parametersOf(name);
      const fitted = await methods[name].method.fit(this.data, parameters, this.context.fit(name));
      parts.push({ name, fitted, share: this.shareOf(algorithm, name) });
    }
    return {
      algorithm,
      scorer: this.combined(parts, this.data.items.length),
      parts,
      parameters: this.report(algorithm, names),
      metrics,
      chooseSeconds: this.context.chosenSeconds - before,
      fitSeconds: (performance.now() - began) / 1000,
    };
  }

  stepOf(what: string): Step {
    return this.context.fit(what).step;
  }

  private async choose(name: Single): Promise<void> {
    if (this.chosen.has(name)) return;
    const { method, folds } = methods[name];
    const defaults = method.defaults(this.data);
    const known = this.known(name, defaults);
    this.chosen.set(name, known ?? defaults);
    if (known) return;
    const axes = method.axes(defaults);
    const used = this.folds.slice(0, folds);
    if (axes.length === 0 || used.length === 0) return;
    const found = await choose(defaults, axes, async (parameters) => {
      if (this.context.spent) return undefined;
      const scores: Float64Array[] = [];
      for (const fold of used) {
        const what = `choosing, ${shown(parameters)}`;
        const fitted = await this.fitOn(fold, name, parameters, what);
        scores.push(await judge(fitted, fold, judgedAt, this.stepOf(`${name}: ${what}, judging`)));
      }
      return joined(scores);
    });
    if (found) this.chosen.set(name, found.parameters);
  }

  /** @returns what the blend reaches on the folds */
  private async chooseShares(): Promise<Trained['metrics']> {
    const used = this.context.spent ? [] : this.folds.slice(0, methods.ease.folds);
    const fits: { fold: Fold; parts: Record<Blended, Fitted> }[] = [];
    for (const fold of used) {
      const parts = {} as Record<Blended, Fitted>;
      for (const name of blendedNames)
        parts[name] = await this.fitOn(fold, name, this.parametersOf(name), 'for the blend');
      fits.push({ fold, parts });
    }
    const scorer = (parts: Record<Blended, Fitted>, shares: Parameters, { train }: Fold): Scorer =>
      new BlendFit(
        blendedNames.map((name) => ({ scorer: parts[name], share: shares[name]! })),
        train.items.length,
      );
    this.shares ??= this.known('blend', blended);
    if (!this.shares && fits.length > 0) {
      const found: Chosen | undefined = await choose({ ...blended }, shareAxes, async (shares) => {
        const scores: Float64Array[] = [];
        const step = this.stepOf(`blend: choosing, ${shown(shares)}`);
        for (const { fold, parts } of fits)
          scores.push(await judge(scorer(parts, shares, fold), fold, judgedAt, step));
        return joined(scores);
      });
      this.shares = found?.parameters;
    }
    return measure(
      fits.map(({ fold, parts }) => ({
        fold,
        scorer: scorer(parts, this.shares ?? blended, fold),
      })),
      judgedAt,
      this.stepOf('blend: measuring'),
    );
  }

  private async measured([name]: readonly Single[]): Promise<Trained['metrics']> {
    const [fold] = this.folds;
    if (!fold || name === undefined) return null;
    return measure(
      [{ fold, scorer: await this.fitOn(fold, name, this.parametersOf(name), 'measuring') }],
      judgedAt,
      this.stepOf(`${name}: measuring`),
    );
  }

  private fitOn(fold: Fold, name: Single, parameters: Parameters, what: string): Promise<Fitted> {
    const { method } = methods[name];
    const scaled = method.scaled?.(parameters, fold.share) ?? parameters;
    return method.fit(fold.train, scaled, this.context.fit(`${name}: ${what}`));
  }

  private combined(parts: readonly Part[], items: number): Scorer {
    const [first] = parts;
    if (parts.length === 1 && first) return first.fitted;
    return new BlendFit(
      parts.map(({ fitted, share }) => ({ scorer: fitted, share })),
      items,
    );
  }

  /** What was chosen before, where it is all there. */
  private known(name: string, defaults: Parameters): Parameters | undefined {
    const found = Object.keys(defaults).map((key) => [key, this.options.known?.[`${name}.${key}`]]);
    if (found.some(([, value]) => value === undefined)) return undefined;
    return Object.fromEntries(found) as Parameters;
  }

  private parametersOf(name: Single): Parameters {
    return this.chosen.get(name) ?? methods[name].method.defaults(this.data);
  }

  private shareOf(algorithm: Algorithm, name: Single): number {
    return algorithm === 'blend' ? (this.shares ?? blended)[name as Blended] : 1;
  }

  private report(algorithm: Algorithm, names: readonly Single[]): Parameters {
    const entries = names.flatMap((name) => [
      ...Object.entries(this.parametersOf(name)).map(([key, value]) => [`${name}.${key}`, value]),
      ...(algorithm === 'blend' ? [[`blend.${name}`, this.shareOf(algorithm, name)]] : []),
    ]);
    return Object.fromEntries(entries) as Parameters;
  }
}

const shown = (parameters: Parameters): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(3))}`)
    .join(', ');

function joined(scores: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(scores.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const each of scores) {
    all.set(each, at);
    at += each.length;
  }
  return all;
}
