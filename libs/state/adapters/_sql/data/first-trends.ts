import { trendHalfLifeMs, trendLandmark, trendRange, trendWeights } from '#libs/state';

const weight = Object.entries(trendWeights)
  .map(([type, worth]) => `WHEN '${type}' THEN ${worth}`)
  .join(' ');
const reach = trendRange * trendHalfLifeMs;

/** Fills the empty table of trends with what the interactions stored before give. @param power the dialect's function */
export const firstTrends = (power: string): string =>
  `INSERT INTO trends (course_id, weight)
  SELECT course_id, sum((CASE type ${weight} ELSE 0 END) * ${power}(2.0, (at - ${trendLandmark}.0) / ${trendHalfLifeMs}.0))
  FROM interactions WHERE at BETWEEN ${trendLandmark - reach} AND ${trendLandmark + reach} AND type IN ('view', 'enrol', 'complete', 'rate')
  GROUP BY course_id`;
