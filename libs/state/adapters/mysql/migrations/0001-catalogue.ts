/**
 * Accounts, the catalogue with its search index, learners, interactions, models, coordination.
 * Text is compared by code points, as everywhere. There is no index by title: a folded title may be
 * longer than an index takes.
 */
export const statements = (bin: string): readonly string[] => {
  const options = `ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE ${bin}`;
  const table = (name: string, definition: string) =>
    `CREATE TABLE IF NOT EXISTS ${name} (${definition}) ${options}`;
  const id = 'VARCHAR(255) NOT NULL';
  return [
    table(
      'accounts',
      `id ${id} PRIMARY KEY, username_key ${id}, record LONGTEXT NOT NULL, UNIQUE KEY accounts_by_username (username_key)`,
    ),
    table(
      'courses',
      `id ${id} PRIMARY KEY, slug ${id}, title TEXT NOT NULL, title_key MEDIUMTEXT NOT NULL, summary MEDIUMTEXT NOT NULL,
      description LONGTEXT NOT NULL, language VARCHAR(64) NOT NULL, level VARCHAR(32) NOT NULL,
      category ${id}, tags LONGTEXT NOT NULL, lessons LONGTEXT NOT NULL, cover_url TEXT,
      instructor_id ${id}, instructor_name TEXT NOT NULL, status VARCHAR(32) NOT NULL, published_at BIGINT,
      version INT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
      enrolments BIGINT NOT NULL DEFAULT 0, rating_count BIGINT NOT NULL DEFAULT 0, rating_sum BIGINT NOT NULL DEFAULT 0,
      lesson_count INT NOT NULL, minutes DOUBLE NOT NULL, length INT NOT NULL,
      newest_key BIGINT GENERATED ALWAYS AS (coalesce(published_at, created_at)) STORED,
      rating_key DOUBLE GENERATED ALWAYS AS ((rating_sum + 15e0) / (rating_count + 5e0)) STORED,
      UNIQUE KEY courses_by_slug (slug),
      KEY courses_by_newest (newest_key, id), KEY courses_by_rating (rating_key, id), KEY courses_by_popular (enrolments, id),
      KEY courses_by_filter (status, category, level, language, instructor_id, length)`,
    ),
    table(
      'course_tags',
      `course_id ${id}, tag ${id}, PRIMARY KEY (course_id, tag), KEY courses_of_tag (tag, course_id)`,
    ),
    table(
      'postings',
      `term ${id}, course_id ${id}, frequency INT NOT NULL, PRIMARY KEY (term, course_id), KEY postings_of_course (course_id)`,
    ),
    table(
      'enrolments',
      `user_id ${id}, course_id ${id}, enrolled_at BIGINT NOT NULL, completed LONGTEXT NOT NULL,
      PRIMARY KEY (user_id, course_id), KEY enrolments_of_course (course_id), KEY enrolments_of_user (user_id, enrolled_at)`,
    ),
    table(
      'ratings',
      `user_id ${id}, course_id ${id}, stars INT NOT NULL, comment LONGTEXT, at BIGINT NOT NULL,
      PRIMARY KEY (user_id, course_id), KEY ratings_of_course (course_id)`,
    ),
    table(
      'interactions',
      `id ${id} PRIMARY KEY, user_id ${id}, course_id ${id}, type VARCHAR(32) NOT NULL, value DOUBLE, at BIGINT NOT NULL,
      KEY interactions_of_user (user_id, at, id)`,
    ),
    table(
      'models',
      'sha256 VARCHAR(64) NOT NULL PRIMARY KEY, size BIGINT NOT NULL, created_at BIGINT NOT NULL, meta LONGTEXT NOT NULL',
    ),
    table(
      'model_parts',
      'sha256 VARCHAR(64) NOT NULL, part INT NOT NULL, content LONGBLOB NOT NULL, PRIMARY KEY (sha256, part)',
    ),
    table(
      'leases',
      `name ${id} PRIMARY KEY, owner ${id}, expires_at BIGINT NOT NULL, fencing BIGINT NOT NULL`,
    ),
    table(
      'idempotency',
      `request_key VARCHAR(700) NOT NULL PRIMARY KEY, fingerprint TEXT NOT NULL, response LONGTEXT, expires_at BIGINT NOT NULL,
      KEY idempotency_expiry (expires_at)`,
    ),
    table('singletons', `name ${id} PRIMARY KEY, number BIGINT NOT NULL DEFAULT 0, text LONGTEXT`),
    "INSERT INTO singletons (name) VALUES ('catalogue revision'), ('active model') ON DUPLICATE KEY UPDATE number = number",
  ];
};
