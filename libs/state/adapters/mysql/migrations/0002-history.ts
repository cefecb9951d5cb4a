/**
 * Rooms, members, read markers and the log with its search index. Unique keys are led by what tells
 * events apart, which is quicker to compare than the room that many share.
 *
 * `rooms.head` is a floor of the head, which appends do not raise, and `incarnation` tells a room from
 * one of the same name and epoch that was deleted: see MysqlWriter. What an event changes is in a table
 * of its own, because few do: an index of all events would take each a place for nothing. What messages
 * are found by is indexed behind the log: see WordBlocks.
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
      incarnation VARCHAR(36) NOT NULL DEFAULT (UUID()),
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
      terms TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, PRIMARY KEY (room, seq),
      UNIQUE KEY events_by_cid (cid, sender, room), UNIQUE KEY events_by_id (id, room)`,
    ),
    table(
      'event_changes',
      `room ${id}, target VARCHAR(64) NOT NULL, seq BIGINT NOT NULL, PRIMARY KEY (room, target, seq)`,
    ),
    table(
      'event_words',
      `room ${id}, block BIGINT NOT NULL, oldest VARCHAR(64) NOT NULL, newest VARCHAR(64) NOT NULL,
      words LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, PRIMARY KEY (room, block), FULLTEXT KEY blocks_by_word (words)`,
    ),
  ];
};
