/**
 * Of each course the bytes it is found by, and a numbered row for its last change, which is what
 * replicas follow: in place of tables and indexes that
 * lists and searches read. Documents are made when the server starts.
 */
export const sql = `
DROP TABLE postings;
DROP TABLE course_tags;
DROP INDEX courses_by_newest;
DROP INDEX courses_by_rating;
DROP INDEX courses_by_popular;
DROP INDEX courses_by_title;
DROP INDEX courses_by_filter;
ALTER TABLE courses DROP COLUMN newest_key;
ALTER TABLE courses DROP COLUMN rating_key;
ALTER TABLE courses DROP COLUMN title_key;
ALTER TABLE courses DROP COLUMN length;
CREATE TABLE course_documents (course_id TEXT PRIMARY KEY, revision INTEGER NOT NULL, document BLOB NOT NULL);
CREATE TABLE course_changes (course_id TEXT PRIMARY KEY, revision INTEGER NOT NULL, deleted_at INTEGER) WITHOUT ROWID;
CREATE INDEX course_changes_by_revision ON course_changes (revision);
CREATE INDEX course_deletions ON course_changes (deleted_at) WHERE deleted_at IS NOT NULL;
INSERT INTO course_changes (course_id, revision) SELECT id, row_number() OVER (ORDER BY id) FROM courses;
INSERT INTO singletons (name) VALUES ('forgotten deletions');
UPDATE singletons SET number = max(number, (SELECT count(*) FROM courses)) WHERE name = 'catalogue revision';
`;
