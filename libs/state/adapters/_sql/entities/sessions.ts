import type { Tables } from './table.js';

/** Connections, when users were last seen, refresh tokens and counters: not in an SQLite file. */
export const sessionTables: Tables = {
  sessions: {
    id: 'string*',
    user_id: 'string',
    name: 'string',
    node: 'string',
    device: 'string?',
    since: 'number',
    expires_at: 'number',
  },
  session_rooms: { room: 'string*', session_id: 'string*' },
  seen: { user_id: 'string*', at: 'number' },
  refresh_tokens: {
    hash: 'string*',
    family: 'string',
    user_id: 'string',
    expires_at: 'number',
    spent: 'number',
  },
  counters: { counter_key: 'string*', hits: 'number', reset_at: 'number' },
};
