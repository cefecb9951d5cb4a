import { firstTrends } from '../../_sql/data/first-trends.js';

/** What trends, counted with the write that stores an interaction, and what users want to see no more. */
export const statements: readonly string[] = [
  'CREATE TABLE trends (course_id TEXT PRIMARY KEY, weight REAL NOT NULL) WITHOUT ROWID',
  'CREATE INDEX trends_by_weight ON trends (weight DESC, course_id)',
  firstTrends('pow'),
  `CREATE TABLE hidden_courses (
    user_id TEXT NOT NULL, course_id TEXT NOT NULL, hidden INTEGER NOT NULL, at INTEGER NOT NULL, event_id TEXT NOT NULL,
    PRIMARY KEY (user_id, course_id)
  ) WITHOUT ROWID`,
];
