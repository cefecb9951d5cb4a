import type { FitContext, Parameters } from '../algorithms/fitted.js';

export interface TrainProgress {
  /** As `ease: choosing, lambda 600`. */
  step: string;
  /** Of this step, 0 … 1. */
  done: number;
}

export interface ContextOptions {
  seed?: number;
  budgetMs?: number;
  /** Parameters that were chosen before, as `Trained.parameters` has them: these are not chosen again. */
  known?: Parameters;
  onProgress?: (progress: TrainProgress) => void;
  /** Called every few milliseconds, between two blocks of work; the next begins when it resolves. */
  pause?: () => Promise<void>;
  signal?: AbortSignal;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Choosing takes at most so long unless told otherwise, ms. */
const defaultBudgetMs = 120_000;
/** Work between two pauses, ms, where its steps are as short. */
const blockMs = 4;

/** What all steps of one training share: its seed, how long it may go on choosing, whom it tells, who may end it. */
export class Context {
  readonly seed: number;
  private readonly budgetMs: number;
  private blockBegan = performance.now();
  private spentMs = 0;
  private began: number | undefined;

  constructor(private readonly options: ContextOptions) {
    this.seed = options.seed ?? 1;
    this.budgetMs = options.budgetMs ?? defaultBudgetMs;
  }

  get chosenSeconds(): number {
    const since = this.began === undefined ? 0 : performance.now() - this.began;
    return (this.spentMs + since) / 1000;
  }

  /** Whether choosing has no time left. */
  get spent(): boolean {
    return this.chosenSeconds * 1000 >= this.budgetMs;
  }

  /** Runs a part of choosing, which counts against the budget. */
  async choosing<T>(work: () => Promise<T>): Promise<T> {
    this.began = performance.now();
    try {
      return await work();
    } finally {
      this.spentMs += performance.now() - this.began;
      this.began = undefined;
    }
  }

  /**
   * For the fit of a step, which may call `step` as often as it likes: the event loop turns between blocks, so that a
   * signal and messages come through.
   */
  fit(step: string): FitContext {
    return {
      seed: this.seed,
      step: async (done) => {
        if (performance.now() - this.blockBegan < blockMs) return;
        await (this.options.pause ?? turn)();
        this.blockBegan = performance.now();
        this.options.signal?.throwIfAborted();
        this.options.onProgress?.({ step, done });
      },
    };
  }
}
