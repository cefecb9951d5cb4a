import type { ModelInfo } from '#libs/state';
import {
  type ModelRecord,
  recordOf,
  type TrainingOutcome,
  trainOnce,
} from '../recommendation/index.js';
import { env } from '../env.js';
import { CliError, exit } from './run.js';
import { clock, withStore } from './stores.js';

export interface ListedModel extends ModelRecord {
  model: string;
  active: boolean;
  bytes: number;
  createdAt: string;
}

/** Newest first. */
export function listModels(): Promise<ListedModel[]> {
  return withStore('data', 'DATA_STORE', 'read', async ({ models }) => {
    const [all, active] = await Promise.all([models.list(), models.active()]);
    return all.map((info) => listed(info, active));
  });
}

/** @param prefix the beginning of a model's hash, as long as it takes to tell it from others */
export function activateModel(prefix: string): Promise<ListedModel> {
  return change((all) => {
    const found = all.filter(({ sha256 }) => sha256.startsWith(prefix.toLowerCase()));
    const [model] = found;
    if (!model)
      throw new CliError(`there is no model ${prefix}; see maxiaoke models list`, exit.data);
    if (found.length > 1)
      throw new CliError(`${found.length} models begin with ${prefix}; give more of it`, exit.data);
    return model;
  });
}

/** The newest of those made before the active one. */
export function rollBackModel(): Promise<ListedModel> {
  return change((all, active) => {
    if (!active)
      throw new CliError('no model is active, so there is none to go back from', exit.data);
    const place = all.findIndex(({ sha256 }) => sha256 === active.sha256);
    const before = all[place + 1];
    if (!before)
      throw new CliError(
        'no model older than the active one is kept; TRAIN_KEEP says how many are',
        exit.data,
      );
    return before;
  });
}

/**
 * An operator's choice needs no lease: it shows the token that is in force and swaps the pointer. A
 * training under way finds it moved, and leaves it as it is.
 */
function change(
  choose: (all: readonly ModelInfo[], active: ModelInfo | null) => ModelInfo,
): Promise<ListedModel> {
  return withStore('data', 'DATA_STORE', 'exclusive', async ({ models }) => {
    const [all, active] = await Promise.all([models.list(), models.active()]);
    const chosen = choose(all, active);
    if (chosen.sha256 !== active?.sha256) {
      const fencing = await models.fence(0);
      if (!(await models.activate(active?.sha256 ?? null, chosen.sha256, fencing)))
        throw new CliError(
          'the active model was changed at the same moment; look and try again',
          exit.tempFail,
        );
    }
    return listed(chosen, chosen);
  });
}

/** One training in this process. @param now also where too little is new */
export function trainModel(
  now: boolean,
  onProgress: (step: string, done: number) => void,
): Promise<TrainingOutcome | { outcome: 'nothing new'; detail: string }> {
  return withStore('data', 'DATA_STORE', 'exclusive', (data) =>
    trainOnce(data, clock, env(), { now, onProgress }),
  );
}

const listed = (info: ModelInfo, active: ModelInfo | null): ListedModel => ({
  model: info.sha256,
  active: info.sha256 === active?.sha256,
  bytes: info.size,
  createdAt: new Date(info.createdAt).toISOString(),
  ...recordOf(info),
});
