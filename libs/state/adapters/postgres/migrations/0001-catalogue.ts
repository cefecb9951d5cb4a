/**
 * Accounts, the catalogue with its search index, learners, interactions, models, coordination.
 * Text is compared by code points, as everywhere. There is no index by title: a folded title may be
 * longer than an index takes.
 */
const text = 'text COLLATE "C"';

export const statements: readonly string[] = [
  `CREATE TABLE accounts (id ${text} PRIMARY KEY, username_key ${text} NOT NULL UNIQUE, record text NOT NULL)`,
  `CREATE TABLE courses (
    id ${text} PRIMARY KEY, slug ${text} NOT NULL UNIQUE, title text NOT NULL, title_key ${text} NOT NULL,
    summary text NOT NULL, description text NOT NULL, language ${text} NOT NULL, level ${text} NOT NULL,
    category ${text} NOT NULL, tags text NOT NULL, lessons text NOT NULL, cover_url text,
    instructor_id ${text} NOT NULL, instructor_name text NOT NULL, status ${text} NOT NULL, published_at bigint,
    version integer NOT NULL, created_at bigint NOT NULL, updated_at bigint NOT NULL,
    enrolments bigint NOT NULL DEFAULT 0, rating_count bigint NOT NULL DEFAULT 0, rating_sum bigint NOT NULL DEFAULT 0,
    lesson_count integer NOT NULL, minutes double precision NOT NULL, length integer NOT NULL,
    newest_key bigint GENERATED ALWAYS AS (coalesce(published_at, created_at)) STORED,
    rating_key double precision GENERATED ALWAYS AS
      (CAST(rating_sum + 15 AS double precision) / CAST(rating_count + 5 AS double precision)) STORED)`,
  'CREATE INDEX courses_by_newest ON courses (newest_key DESC, id)',
  'CREATE INDEX courses_by_rating ON courses (rating_key DESC, id)',
  'CREATE INDEX courses_by_popular ON courses (enrolments DESC, id)',
  'CREATE INDEX courses_by_filter ON courses (status, category, level, language, instructor_id, length, id)',
  `CREATE TABLE course_tags (course_id ${text} NOT NULL, tag ${text} NOT NULL, PRIMARY KEY (course_id, tag))`,
  'CREATE INDEX courses_of_tag ON course_tags (tag, course_id)',
  `CREATE TABLE postings (term ${text} NOT NULL, course_id ${text} NOT NULL, frequency integer NOT NULL, PRIMARY KEY (term, course_id))`,
  'CREATE INDEX postings_of_course ON postings (course_id)',
  `CREATE TABLE enrolments (user_id ${text} NOT NULL, course_id ${text} NOT NULL, enrolled_at bigint NOT NULL, completed text NOT NULL, PRIMARY KEY (user_id, course_id))`,
  'CREATE INDEX enrolments_of_course ON enrolments (course_id)',
  'CREATE INDEX enrolments_of_user ON enrolments (user_id, enrolled_at DESC, course_id)',
  `CREATE TABLE ratings (user_id ${text} NOT NULL, course_id ${text} NOT NULL, stars integer NOT NULL, comment text, at bigint NOT NULL, PRIMARY KEY (user_id, course_id))`,
  'CREATE INDEX ratings_of_course ON ratings (course_id)',
  `CREATE TABLE interactions (id ${text} PRIMARY KEY, user_id ${text} NOT NULL, course_id ${text} NOT NULL, type ${text} NOT NULL, value double precision, at bigint NOT NULL)`,
  'CREATE INDEX interactions_of_user ON interactions (user_id, at DESC, id DESC)',
  `CREATE TABLE models (sha256 ${text} PRIMARY KEY, size bigint NOT NULL, created_at bigint NOT NULL, meta text NOT NULL)`,
  `CREATE TABLE model_parts (sha256 ${text} NOT NULL, part integer NOT NULL, content bytea NOT NULL, PRIMARY KEY (sha256, part))`,
  `CREATE TABLE leases (name ${text} PRIMARY KEY, owner ${text} NOT NULL, expires_at bigint NOT NULL, fencing bigint NOT NULL)`,
  `CREATE TABLE idempotency (request_key ${text} PRIMARY KEY, fingerprint text NOT NULL, response text, expires_at bigint NOT NULL)`,
  'CREATE INDEX idempotency_expiry ON idempotency (expires_at)',
  `CREATE TABLE singletons (name ${text} PRIMARY KEY, number bigint NOT NULL DEFAULT 0, text text)`,
  "INSERT INTO singletons (name) VALUES ('catalogue revision'), ('active model')",
];
