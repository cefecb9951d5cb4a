import { ease } from '../algorithms/ease.js';
import type { Method } from '../algorithms/fitted.js';
import { ials } from '../algorithms/ials.js';
import { itemKnn } from '../algorithms/item-knn.js';
import { popularity } from '../algorithms/popularity.js';
import { rp3beta } from '../algorithms/rp3beta.js';
import type { Algorithm } from '../model/model.js';

export type Single = Exclude<Algorithm, 'blend'>;

/** Every algorithm but the blend, and how many inner folds its values are chosen on: fewer where a fit is dear. */
export const methods: Record<Single, { method: Method; folds: number }> = {
  popularity: { method: popularity, folds: 1 },
  'item-knn': { method: itemKnn, folds: 3 },
  rp3beta: { method: rp3beta, folds: 3 },
  ease: { method: ease, folds: 2 },
  ials: { method: ials, folds: 2 },
};

/** What is blended, with the shares that choosing starts from. */
export const blended = { ease: 1, ials: 1, rp3beta: 0.25 } as const;
export type Blended = keyof typeof blended;
export const blendedNames = Object.keys(blended) as Blended[];

/** Shares that are tried; EASE's is the unit. */
export const shareAxes = [
  { name: 'rp3beta', values: [0, 0.1, 0.25, 0.5] },
  { name: 'ials', values: [0.25, 0.5, 0.75, 1, 1.35] },
];
