import { Evaluation, InteractionsBuilder, type Scorer, Training } from '#libs/recommender';
import { heldOutCases } from './held-out.js';
import type { AlgorithmRow, EvaluateRequest } from './messages.js';
import { ratingsOf } from './ratings-csv.js';

export type Tell = (step: string, done: number) => void;

/** Rows or users between two tellings. */
const often = { rows: 100_000, users: 500 };

/** Trains one algorithm on the train rows and ranks the whole catalogue for every user with held-out items. */
export async function measure(
  { train, test, k, algorithm, seed, budgetMs, known }: EvaluateRequest,
  tell: Tell,
): Promise<{ users: number; row: AlgorithmRow }> {
  const builder = new InteractionsBuilder({ duplicates: 'latest', weights: 'ratings' });
  let rows = 0;
  for await (const { user, item, rating, at } of ratingsOf(train)) {
    builder.add({ user, item, weight: rating, at });
    rows += 1;
    if (rows % often.rows === 0) tell(`${algorithm}: reading, ${rows} rows`, 0);
  }
  const data = builder.build();
  const cases = await heldOutCases(data, ratingsOf(test));
  const training = new Training(data, {
    seed,
    budgetMs,
    known,
    onProgress: ({ step, done }) => tell(step, done),
  });
  const { scorer, parameters, chooseSeconds, fitSeconds } = await training.fit(algorithm);
  const counts = Float64Array.from(data.itemCounts());
  // Of a user without a history there is nothing to tell but what others like.
  const popular: Scorer = { score: (_, scores) => scores.set(counts) };
  const evaluation = new Evaluation(data, k);
  for (const [at, each] of cases.entries()) {
    evaluation.add(each.history.items.length === 0 ? popular : scorer, each);
    if (at % often.users === often.users - 1) tell(`${algorithm}: ranking`, at / cases.length);
  }
  const peakMb = process.resourceUsage().maxRSS / 1024;
  const metrics = evaluation.metrics();
  const row = {
    name: algorithm,
    ...metrics,
    trainSeconds: rounded(fitSeconds),
    chooseSeconds: rounded(chooseSeconds),
    peakMb: rounded(peakMb),
    parameters,
  };
  return { users: cases.length, row };
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
