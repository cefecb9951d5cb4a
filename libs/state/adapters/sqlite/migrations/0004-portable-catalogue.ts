/**
 * The catalogue under names that no SQL database reserves, sort keys as columns, and models in parts
 * that a server takes as one packet: one set of statements serves every dialect from here on.
 */
export const sql = `
ALTER TABLE enrolments RENAME COLUMN user TO user_id;
ALTER TABLE ratings RENAME COLUMN user TO user_id;
ALTER TABLE interactions RENAME COLUMN user TO user_id;
ALTER TABLE idempotency RENAME COLUMN key TO request_key;
DROP INDEX courses_by_newest;
DROP INDEX courses_by_rating;
ALTER TABLE courses ADD COLUMN newest_key INTEGER GENERATED ALWAYS AS (coalesce(published_at, created_at)) VIRTUAL;
ALTER TABLE courses ADD COLUMN rating_key REAL GENERATED ALWAYS AS ((rating_sum + 15.0) / (rating_count + 5)) VIRTUAL;
CREATE INDEX courses_by_newest ON courses (newest_key DESC, id);
CREATE INDEX courses_by_rating ON courses (rating_key DESC, id);
CREATE INDEX courses_of_tag ON course_tags (tag, course_id);
CREATE INDEX enrolments_of_user ON enrolments (user_id, enrolled_at DESC, course_id);
CREATE TABLE model_parts (sha256 TEXT NOT NULL, part INTEGER NOT NULL, content BLOB NOT NULL, PRIMARY KEY (sha256, part));
INSERT INTO model_parts (sha256, part, content) SELECT sha256, 0, blob FROM models;
ALTER TABLE models DROP COLUMN blob;
`;
