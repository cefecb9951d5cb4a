/** Rooms, members, read markers, and the log with its search index. */
export const sql = `
CREATE TABLE rooms (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, course_id TEXT, created_at INTEGER NOT NULL, created_by TEXT NOT NULL,
  epoch TEXT NOT NULL, head INTEGER NOT NULL DEFAULT 0, first INTEGER NOT NULL DEFAULT 1
) WITHOUT ROWID;
CREATE INDEX rooms_of_kind ON rooms (kind, id);
CREATE TABLE members (
  room TEXT NOT NULL, user TEXT NOT NULL, role TEXT NOT NULL, since INTEGER NOT NULL, PRIMARY KEY (room, user)
) WITHOUT ROWID;
CREATE INDEX rooms_of_member ON members (user, room);
CREATE TABLE markers (room TEXT NOT NULL, user TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (room, user)) WITHOUT ROWID;
CREATE TABLE events (
  room TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, sender TEXT NOT NULL, cid TEXT NOT NULL,
  at INTEGER NOT NULL, target TEXT, body TEXT NOT NULL, deleted INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (room, seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX events_by_cid ON events (room, sender, cid);
CREATE UNIQUE INDEX events_by_id ON events (room, id);
CREATE INDEX events_by_target ON events (room, target, seq) WHERE target IS NOT NULL;
CREATE TABLE event_terms (room TEXT NOT NULL, term TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (room, term, seq)) WITHOUT ROWID;
CREATE INDEX event_terms_by_seq ON event_terms (room, seq);
`;
