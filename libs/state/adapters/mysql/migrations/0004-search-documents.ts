import type { Migration } from '../../_sql/dialect.js';

/**
 * Of each course the bytes it is found by, and a numbered row for its last change, which is what
 * replicas follow: in place of tables and indexes that lists and searches read. Documents are made when the server starts.
 */
const dropped = [
  ...['newest', 'rating', 'popular', 'filter'].map((name) => `DROP KEY courses_by_${name}`),
  ...['newest_key', 'rating_key', 'title_key', 'length'].map((name) => `DROP COLUMN ${name}`),
].join(', ');

export const statements = (bin: string): Migration['statements'] => {
  const options = `ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE ${bin}`;
  const table = (name: string, definition: string) =>
    `CREATE TABLE IF NOT EXISTS ${name} (${definition}) ${options}`;
  const id = 'VARCHAR(255) NOT NULL';
  return [
    'DROP TABLE IF EXISTS postings',
    'DROP TABLE IF EXISTS course_tags',
    {
      sql: `ALTER TABLE courses ${dropped}`,
      where: `SELECT 1 FROM information_schema.columns
        WHERE table_schema = DATABASE() AND table_name = 'courses' AND column_name = 'length'`,
    },
    table(
      'course_documents',
      `course_id ${id} PRIMARY KEY, revision BIGINT NOT NULL, document LONGBLOB NOT NULL`,
    ),
    table(
      'course_changes',
      `course_id ${id} PRIMARY KEY, revision BIGINT NOT NULL, deleted_at BIGINT,
      KEY course_changes_by_revision (revision), KEY course_deletions (deleted_at)`,
    ),
    `INSERT INTO course_changes (course_id, revision) SELECT id, row_number() OVER (ORDER BY id) FROM courses
      ON DUPLICATE KEY UPDATE course_id = course_changes.course_id`,
    "INSERT INTO singletons (name) VALUES ('forgotten deletions') ON DUPLICATE KEY UPDATE name = singletons.name",
    `UPDATE singletons SET number = GREATEST(number, (SELECT count(*) FROM courses)) WHERE name = 'catalogue revision'`,
  ];
};
