/**
 * Rooms, members, read markers and the log with its search index. Unique keys are led by what tells
 * events apart, which is quicker to compare than the room that many share. The index has one row a term and
 * no second key: what trimming leaves behind is found by walking the room's part of it.
 */
export const statements = (bin: string): readonly string[] => {
  const options = `ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE ${bin}`;
  const table = (name: string, definition: string) =>
    `CREATE TABLE IF NOT EXISTS ${name} (${definition}) ${options}`;
  const id = 'VARCHAR(255) NOT NULL';
  return [
    table(
      'rooms',
      `id ${id} PRIMARY KEY, kind VARCHAR(32) NOT NULL, name TEXT NOT NULL, course_id VARCHAR(255), created_at BIGINT NOT NULL,
      created_by ${id}, epoch VARCHAR(64) NOT NULL, head BIGINT NOT NULL DEFAULT 0, first BIGINT NOT NULL DEFAULT 1,
      KEY rooms_of_kind (kind, id)`,
    ),
    table(
      'members',
      `room ${id}, user_id ${id}, role VARCHAR(32) NOT NULL, since BIGINT NOT NULL, PRIMARY KEY (room, user_id),
      KEY rooms_of_member (user_id, room)`,
    ),
    table('markers', `room ${id}, user_id ${id}, seq BIGINT NOT NULL, PRIMARY KEY (room, user_id)`),
    table(
      'events',
      `room ${id}, seq BIGINT NOT NULL, id VARCHAR(64) NOT NULL, type VARCHAR(32) NOT NULL, sender ${id}, cid VARCHAR(64) NOT NULL,
      at BIGINT NOT NULL, target VARCHAR(64), body LONGTEXT NOT NULL, deleted SMALLINT NOT NULL DEFAULT 0,
      PRIMARY KEY (room, seq), UNIQUE KEY events_by_cid (cid, sender, room), UNIQUE KEY events_by_id (id, room),
      KEY events_by_target (target, room, seq)`,
    ),
    table(
      'event_terms',
      `room ${id}, term VARCHAR(64) NOT NULL, seq BIGINT NOT NULL, PRIMARY KEY (room, term, seq)`,
    ),
  ];
};
