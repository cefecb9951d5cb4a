import { firstTrends } from '../../_sql/data/first-trends.js';

/** What trends, counted with the write that stores an interaction, and what users want to see no more. */
export const statements = (bin: string): readonly string[] => {
  const options = `ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE ${bin}`;
  return [
    `CREATE TABLE IF NOT EXISTS trends (course_id VARCHAR(255) NOT NULL PRIMARY KEY, weight DOUBLE NOT NULL,
      KEY trends_by_weight (weight, course_id)) ${options}`,
    `${firstTrends('pow').replaceAll('.0', 'e0')} ON DUPLICATE KEY UPDATE weight = VALUES(weight)`,
    `CREATE TABLE IF NOT EXISTS hidden_courses (
      user_id VARCHAR(255) NOT NULL, course_id VARCHAR(255) NOT NULL, hidden TINYINT NOT NULL, at BIGINT NOT NULL,
      event_id VARCHAR(255) NOT NULL, PRIMARY KEY (user_id, course_id)) ${options}`,
  ];
};
