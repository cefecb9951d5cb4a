import type { SessionRecord } from '#libs/state';
import type { Param } from '../queries.js';

export interface SessionRow {
  id: string;
  user_id: string;
  name: string;
  node: string;
  device: string | null;
  since: number;
  expires_at: number;
}

export const sessionFields = ['id', 'user_id', 'name', 'node', 'device', 'since', 'expires_at'];

export const sessionOf = (row: SessionRow): SessionRecord => ({
  id: row.id,
  user: row.user_id,
  name: row.name,
  node: row.node,
  ...(row.device !== null && { device: row.device }),
  since: row.since,
});

export const sessionValues = (session: SessionRecord, expiresAt: number): Param[] => [
  session.id,
  session.user,
  session.name,
  session.node,
  session.device ?? null,
  session.since,
  expiresAt,
];
