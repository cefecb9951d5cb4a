import { z } from 'zod';

/** When and how the recommendation model is trained. */
export const trainingVariables = {
  TRAIN_EVERY: z.coerce
    .number()
    .min(0)
    .max(86_400)
    .default(300)
    .describe(
      'seconds between two looks whether the recommendation model should be trained again; 0: this process never trains by itself',
    ),
  TRAIN_MIN_EVENTS: z.coerce
    .number()
    .int()
    .min(1)
    .default(20)
    .describe('interactions that have to be new since the active model was made'),
  TRAIN_MARGIN: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe(
      'how much lower than the active model’s the nDCG@10 of a new one may be, both on the same held-out interactions; 1 lets any in',
    ),
  TRAIN_KEEP: z.coerce
    .number()
    .int()
    .min(0)
    .max(100)
    .default(3)
    .describe('models kept besides the active one, for `maxiaoke models rollback`'),
  TRAIN_BUDGET: z.coerce
    .number()
    .min(0)
    .max(86_400)
    .default(300)
    .describe('seconds that choosing hyper-parameters may take in a training'),
};
