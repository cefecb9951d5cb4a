/** Connections, when users were last seen, refresh tokens, counters. */
export const statements = (bin: string): readonly string[] => {
  const options = `ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE ${bin}`;
  const table = (name: string, definition: string) =>
    `CREATE TABLE IF NOT EXISTS ${name} (${definition}) ${options}`;
  const id = 'VARCHAR(255) NOT NULL';
  return [
    table(
      'sessions',
      `id ${id} PRIMARY KEY, user_id ${id}, name TEXT NOT NULL, node ${id}, device TEXT, since BIGINT NOT NULL, expires_at BIGINT NOT NULL,
      KEY sessions_of_user (user_id, id), KEY sessions_expiry (expires_at)`,
    ),
    table(
      'session_rooms',
      `room ${id}, session_id ${id}, PRIMARY KEY (room, session_id), KEY rooms_of_session (session_id),
      CONSTRAINT session_rooms_session FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE`,
    ),
    table('seen', `user_id ${id} PRIMARY KEY, at BIGINT NOT NULL`),
    table(
      'refresh_tokens',
      `hash ${id} PRIMARY KEY, family ${id}, user_id ${id}, expires_at BIGINT NOT NULL, spent SMALLINT NOT NULL,
      KEY refresh_tokens_of_family (family, hash), KEY refresh_tokens_expiry (expires_at)`,
    ),
    table(
      'counters',
      `counter_key VARCHAR(700) NOT NULL PRIMARY KEY, hits BIGINT NOT NULL, reset_at BIGINT NOT NULL, KEY counters_expiry (reset_at)`,
    ),
  ];
};
