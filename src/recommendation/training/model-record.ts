import type { ModelInfo } from '#libs/state';
import type { TrainingReport } from './training-work.js';

/** What is kept beside a model's blob, as JSON. */
export interface ModelRecord extends Partial<TrainingReport> {
  /** Interactions that were stored when it was made. */
  interactions?: number;
  seconds?: number;
}

/** Empty where it cannot be read: a model of another version says nothing of itself. */
export function recordOf({ meta }: Pick<ModelInfo, 'meta'>): ModelRecord {
  try {
    const value: unknown = JSON.parse(meta);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
