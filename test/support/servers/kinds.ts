import { mongodb } from './mongodb.js';
import { mysql } from './mysql.js';
import { nats } from './nats.js';
import { postgres } from './postgres.js';
import { redis } from './redis.js';
import type { KindName, ServerKind } from './server-kind.js';

export const kinds: Readonly<Record<KindName, ServerKind>> = {
  redis,
  postgres,
  mysql,
  mongodb,
  nats,
};
