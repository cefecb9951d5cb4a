import { firstTrends } from '../../_sql/data/first-trends.js';

/** What trends, counted with the write that stores an interaction, and what users want to see no more. */
const text = 'text COLLATE "C"';

export const statements: readonly string[] = [
  // Rewritten with every interaction: room on each page lets a row stay on its own.
  `CREATE TABLE trends (course_id ${text} PRIMARY KEY, weight double precision NOT NULL) WITH (fillfactor = 70)`,
  'CREATE INDEX trends_by_weight ON trends (weight DESC, course_id)',
  firstTrends('power').replaceAll('2.0', '2.0::double precision'),
  `CREATE TABLE hidden_courses (
    user_id ${text} NOT NULL, course_id ${text} NOT NULL, hidden smallint NOT NULL, at bigint NOT NULL, event_id ${text} NOT NULL,
    PRIMARY KEY (user_id, course_id))`,
];
