/**
 * Rooms, members, read markers and the log.
 *
 * A message's terms are in its own row, headed by one that names its room: the index finds a term
 * within a room by walking the shorter of the two lists. Its pending list is kept small because every
 * search reads it.
 *
 * Unique keys are led by what tells events apart: comparing them by their room first, which many
 * share, cost a third of an append.
 *
 * The functions are the hot path. Their statements are planned once a connection, also behind a
 * pooler that knows no prepared statements. A room that does not exist is absent from their answer
 * (of one event: its number and epoch, in one text, which is the quickest to read); a cid or an event id that is taken violates a unique index and undoes all
 * of it. Of many events each argument is a column; the terms of one are an array as text.
 */
const text = 'text COLLATE "C"';

const columns = 'room, seq, id, type, sender, cid, at, target, body, terms';

export const statements: readonly string[] = [
  `CREATE TABLE rooms (
    id ${text} PRIMARY KEY, kind ${text} NOT NULL, name text NOT NULL, course_id ${text}, created_at bigint NOT NULL,
    created_by ${text} NOT NULL, epoch ${text} NOT NULL, head bigint NOT NULL DEFAULT 0, first bigint NOT NULL DEFAULT 1
  ) WITH (fillfactor = 70)`,
  'CREATE INDEX rooms_of_kind ON rooms (kind, id)',
  `CREATE TABLE members (room ${text} NOT NULL, user_id ${text} NOT NULL, role ${text} NOT NULL, since bigint NOT NULL, PRIMARY KEY (room, user_id))`,
  'CREATE INDEX rooms_of_member ON members (user_id, room)',
  `CREATE TABLE markers (room ${text} NOT NULL, user_id ${text} NOT NULL, seq bigint NOT NULL, PRIMARY KEY (room, user_id)) WITH (fillfactor = 70)`,
  `CREATE TABLE events (
    room ${text} NOT NULL, seq bigint NOT NULL, id ${text} NOT NULL, type ${text} NOT NULL, sender ${text} NOT NULL,
    cid ${text} NOT NULL, at bigint NOT NULL, target ${text}, body text NOT NULL, deleted smallint NOT NULL DEFAULT 0,
    terms text[] COLLATE "C", PRIMARY KEY (room, seq))`,
  'CREATE UNIQUE INDEX events_by_cid ON events (cid, sender, room)',
  'CREATE UNIQUE INDEX events_by_id ON events (id, room)',
  'CREATE INDEX events_by_target ON events (target, room, seq) WHERE target IS NOT NULL',
  'CREATE INDEX events_by_term ON events USING gin (terms) WITH (gin_pending_list_limit = 1024) WHERE terms IS NOT NULL',
  `CREATE FUNCTION append_event(in_room text, in_id text, in_type text, in_sender text, in_cid text, in_at bigint,
    in_target text, in_body text, in_terms text[]) RETURNS text
  LANGUAGE plpgsql AS $$
  DECLARE
    in_epoch text;
    in_head bigint;
  BEGIN
    UPDATE rooms SET head = head + 1 WHERE id = in_room RETURNING epoch, head INTO in_epoch, in_head;
    IF NOT FOUND THEN
      RETURN NULL;
    END IF;
    INSERT INTO events (${columns})
      VALUES (in_room, in_head, in_id, in_type, in_sender, in_cid, in_at, in_target, in_body, in_terms);
    IF in_type = 'message.deleted' THEN
      UPDATE events SET deleted = 1 WHERE room = in_room AND id = in_target;
    END IF;
    RETURN in_head || ' ' || in_epoch;
  END $$`,
  `CREATE FUNCTION append_events(in_rooms text[], in_counts bigint[], in_of text[], in_n bigint[], in_ids text[],
    in_types text[], in_senders text[], in_cids text[], in_at bigint[], in_targets text[], in_bodies text[],
    in_terms text[], in_deletions boolean)
  RETURNS TABLE (room text, epoch text, head bigint)
  LANGUAGE plpgsql AS $$
  #variable_conflict use_column
  BEGIN
    RETURN QUERY WITH
      locked AS MATERIALIZED (
        SELECT id FROM rooms WHERE id = ANY (in_rooms) ORDER BY id FOR NO KEY UPDATE),
      raised AS (
        UPDATE rooms SET head = rooms.head + given.n
        FROM locked JOIN unnest(in_rooms, in_counts) AS given (id, n) ON given.id = locked.id
        WHERE rooms.id = locked.id
        RETURNING rooms.id, rooms.epoch, rooms.head - given.n AS head),
      stored AS (
        INSERT INTO events (${columns})
        SELECT given.room, raised.head + given.n, given.id, given.type, given.sender, given.cid, given.at,
          given.target, given.body, given.terms::text[]
        FROM unnest(in_of, in_n, in_ids, in_types, in_senders, in_cids, in_at, in_targets, in_bodies, in_terms)
          AS given (room, n, id, type, sender, cid, at, target, body, terms)
        JOIN raised ON raised.id = given.room)
      SELECT raised.id, raised.epoch, raised.head FROM raised;
    IF in_deletions THEN
      UPDATE events SET deleted = 1
      FROM unnest(in_of, in_ids, in_types, in_targets) AS given (room, id, type, target), events AS deletion
      WHERE given.type = 'message.deleted' AND deletion.room = given.room AND deletion.id = given.id
        AND events.room = given.room AND events.id = given.target AND events.seq < deletion.seq;
    END IF;
  END $$`,
];
