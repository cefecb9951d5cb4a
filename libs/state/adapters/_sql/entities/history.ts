import type { Tables } from './table.js';

/** Rooms, members, read markers and the log. What finds messages by term differs and is left out. */
export const historyTables = {
  rooms: {
    id: 'string*',
    kind: 'string',
    name: 'string',
    course_id: 'string?',
    created_at: 'number',
    created_by: 'string',
    epoch: 'string',
    head: 'number',
    first: 'number',
  },
  members: { room: 'string*', user_id: 'string*', role: 'string', since: 'number' },
  markers: { room: 'string*', user_id: 'string*', seq: 'number' },
  events: {
    room: 'string*',
    seq: 'number*',
    id: 'string',
    type: 'string',
    sender: 'string',
    cid: 'string',
    at: 'number',
    target: 'string?',
    body: 'string',
    deleted: 'number',
  },
} as const satisfies Tables;

/** The same in MySQL, where heads are told by the log itself. */
export const mysqlHistoryTables: Tables = {
  ...historyTables,
  rooms: { ...historyTables.rooms, incarnation: 'string' },
  events: { ...historyTables.events, terms: 'string?' },
  event_changes: { room: 'string*', target: 'string*', seq: 'number*' },
  event_words: {
    room: 'string*',
    block: 'number*',
    oldest: 'string',
    newest: 'string',
    words: 'string',
  },
};
