/** Accounts, the catalogue with its search index, learners, interactions, models, coordination. */
export const sql = `
CREATE TABLE accounts (
  id TEXT PRIMARY KEY, username_key TEXT NOT NULL UNIQUE, record TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE courses (
  id TEXT PRIMARY KEY, slug TEXT NOT NULL UNIQUE, title TEXT NOT NULL, title_key TEXT NOT NULL, summary TEXT NOT NULL,
  description TEXT NOT NULL, language TEXT NOT NULL, level TEXT NOT NULL, category TEXT NOT NULL, tags TEXT NOT NULL,
  lessons TEXT NOT NULL, cover_url TEXT, instructor_id TEXT NOT NULL, instructor_name TEXT NOT NULL, status TEXT NOT NULL,
  published_at INTEGER, version INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  enrolments INTEGER NOT NULL DEFAULT 0, rating_count INTEGER NOT NULL DEFAULT 0, rating_sum INTEGER NOT NULL DEFAULT 0,
  lesson_count INTEGER NOT NULL, minutes REAL NOT NULL, length INTEGER NOT NULL
);
CREATE TABLE course_tags (tag TEXT NOT NULL, course_id TEXT NOT NULL, PRIMARY KEY (course_id, tag)) WITHOUT ROWID;
CREATE TABLE postings (
  term TEXT NOT NULL, course_id TEXT NOT NULL, frequency INTEGER NOT NULL, PRIMARY KEY (term, course_id)
) WITHOUT ROWID;
CREATE INDEX postings_of_course ON postings (course_id);
CREATE TABLE enrolments (
  user TEXT NOT NULL, course_id TEXT NOT NULL, enrolled_at INTEGER NOT NULL, completed TEXT NOT NULL,
  PRIMARY KEY (user, course_id)
) WITHOUT ROWID;
CREATE INDEX enrolments_of_course ON enrolments (course_id);
CREATE TABLE ratings (
  user TEXT NOT NULL, course_id TEXT NOT NULL, stars INTEGER NOT NULL, comment TEXT, at INTEGER NOT NULL,
  PRIMARY KEY (user, course_id)
) WITHOUT ROWID;
CREATE INDEX ratings_of_course ON ratings (course_id);
CREATE TABLE interactions (
  id TEXT PRIMARY KEY, user TEXT NOT NULL, course_id TEXT NOT NULL, type TEXT NOT NULL, value REAL, at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX interactions_of_user ON interactions (user, at DESC, id DESC);
CREATE TABLE models (sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL, created_at INTEGER NOT NULL, meta TEXT NOT NULL, blob BLOB NOT NULL);
CREATE TABLE leases (name TEXT PRIMARY KEY, owner TEXT NOT NULL, expires_at INTEGER NOT NULL, fencing INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE idempotency (key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, response TEXT, expires_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX idempotency_expiry ON idempotency (expires_at);
CREATE TABLE singletons (name TEXT PRIMARY KEY, number INTEGER NOT NULL DEFAULT 0, text TEXT) WITHOUT ROWID;
INSERT INTO singletons (name) VALUES ('catalogue revision'), ('active model');
`;
