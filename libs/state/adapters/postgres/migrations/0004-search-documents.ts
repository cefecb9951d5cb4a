/**
 * Of each course the bytes it is found by, and a numbered row for its last change, which is what
 * replicas follow: in place of tables and indexes that
 * lists and searches read. Documents are made when the server starts.
 */
const text = 'text COLLATE "C"';

export const statements: readonly string[] = [
  'DROP TABLE postings',
  'DROP TABLE course_tags',
  'DROP INDEX courses_by_popular',
  'ALTER TABLE courses DROP COLUMN length, DROP COLUMN title_key, DROP COLUMN newest_key, DROP COLUMN rating_key',
  `CREATE TABLE course_documents (course_id ${text} PRIMARY KEY, revision bigint NOT NULL, document bytea NOT NULL)`,
  `CREATE TABLE course_changes (course_id ${text} PRIMARY KEY, revision bigint NOT NULL, deleted_at bigint)`,
  'CREATE INDEX course_changes_by_revision ON course_changes (revision)',
  'CREATE INDEX course_deletions ON course_changes (deleted_at) WHERE deleted_at IS NOT NULL',
  'INSERT INTO course_changes (course_id, revision) SELECT id, row_number() OVER (ORDER BY id) FROM courses',
  "INSERT INTO singletons (name) VALUES ('forgotten deletions')",
  "UPDATE singletons SET number = GREATEST(number, (SELECT count(*) FROM courses)) WHERE name = 'catalogue revision'",
];
