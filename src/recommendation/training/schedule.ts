import type { Clock } from '#libs/kernel';
import type { DataStore } from '#libs/state';
import type { Env } from '../../env.js';
import { recordOf } from './model-record.js';
import { defaultLeaseMs } from './training-lease.js';
import {
  type OnTraining,
  Training,
  type TrainingOutcome,
  type TrainingSettings,
} from './training.js';

export type TrainingVariables = Pick<
  Env,
  'TRAIN_EVERY' | 'TRAIN_MIN_EVENTS' | 'TRAIN_MARGIN' | 'TRAIN_KEEP' | 'TRAIN_BUDGET'
>;

export const settingsOf = (variables: TrainingVariables): TrainingSettings => ({
  margin: variables.TRAIN_MARGIN,
  keep: variables.TRAIN_KEEP,
  budgetMs: variables.TRAIN_BUDGET * 1000,
  leaseMs: defaultLeaseMs,
});

/** Whether so many interactions, and any at all, are new since the active model was made. */
export async function isDue(
  { models, interactions }: Pick<DataStore, 'models' | 'interactions'>,
  minEvents: number,
): Promise<boolean> {
  const [active, count] = await Promise.all([models.active(), interactions.count()]);
  const record = active && recordOf(active);
  // A model that does not say how it was made is of an earlier version, which nothing reads any more.
  const made = record?.algorithm === undefined ? 0 : (record.interactions ?? 0);
  return count > 0 && Math.abs(count - made) >= minEvents;
}

/** For a process that does nothing else: at full speed. */
export async function trainOnce(
  data: Pick<DataStore, 'interactions' | 'models' | 'leases'>,
  clock: Clock,
  variables: TrainingVariables,
  { now, onProgress }: { now: boolean; onProgress: OnTraining },
): Promise<TrainingOutcome | { outcome: 'nothing new'; detail: string }> {
  const { TRAIN_MIN_EVENTS } = variables;
  if (!now && !(await isDue(data, TRAIN_MIN_EVENTS)))
    return {
      outcome: 'nothing new',
      detail: `fewer than ${TRAIN_MIN_EVENTS} interactions (TRAIN_MIN_EVENTS) are new; --now trains all the same`,
    };
  const training = new Training(data, clock, { ...settingsOf(variables), alone: true });
  try {
    return await training.run(onProgress);
  } finally {
    await training.close();
  }
}
