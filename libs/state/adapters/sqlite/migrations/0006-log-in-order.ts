/**
 * The log in the order it is written, whatever the room, and its indexes led by what parts events, not
 * by their room: a commit for many rooms changes few pages, and pages are what it has to put on disk.
 * The search index has one key for the same reason: what trimming leaves behind is found by walking
 * the room's part of it. Unread numbers are counted along events_by_seq.
 */
export const sql = `
CREATE TABLE log (
  room TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, sender TEXT NOT NULL, cid TEXT NOT NULL,
  at INTEGER NOT NULL, target TEXT, body TEXT NOT NULL, deleted INTEGER NOT NULL DEFAULT 0
);
INSERT INTO log SELECT room, seq, id, type, sender, cid, at, target, body, deleted FROM events ORDER BY id;
DROP TABLE events;
ALTER TABLE log RENAME TO events;
CREATE UNIQUE INDEX events_by_seq ON events (room, seq);
CREATE UNIQUE INDEX events_by_cid ON events (cid, sender, room);
CREATE UNIQUE INDEX events_by_id ON events (id, room);
CREATE INDEX events_by_target ON events (target, room, seq) WHERE target IS NOT NULL;
DROP INDEX event_terms_by_seq;
`;
