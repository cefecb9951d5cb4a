/**
 * Connections, when users were last seen, refresh tokens, counters. Counters last no longer than
 * their window: they are not logged, so that counting waits for no disk, and a crash forgets them.
 */
const text = 'text COLLATE "C"';

export const statements: readonly string[] = [
  `CREATE TABLE sessions (
    id ${text} PRIMARY KEY, user_id ${text} NOT NULL, name text NOT NULL, node ${text} NOT NULL, device text,
    since bigint NOT NULL, expires_at bigint NOT NULL)`,
  'CREATE INDEX sessions_of_user ON sessions (user_id, id)',
  'CREATE INDEX sessions_expiry ON sessions (expires_at)',
  `CREATE TABLE session_rooms (room ${text} NOT NULL, session_id ${text} NOT NULL REFERENCES sessions (id) ON DELETE CASCADE, PRIMARY KEY (room, session_id))`,
  'CREATE INDEX rooms_of_session ON session_rooms (session_id)',
  `CREATE TABLE seen (user_id ${text} PRIMARY KEY, at bigint NOT NULL)`,
  `CREATE TABLE refresh_tokens (
    hash ${text} PRIMARY KEY, family ${text} NOT NULL, user_id ${text} NOT NULL, expires_at bigint NOT NULL, spent smallint NOT NULL)`,
  'CREATE INDEX refresh_tokens_of_family ON refresh_tokens (family, hash)',
  'CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at)',
  `CREATE UNLOGGED TABLE counters (counter_key ${text} PRIMARY KEY, hits bigint NOT NULL, reset_at bigint NOT NULL)`,
  'CREATE INDEX counters_expiry ON counters (reset_at)',
];
