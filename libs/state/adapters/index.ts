import type { Adapter } from '#libs/state';
import { memory } from './memory/index.js';
import { mongodb } from './mongodb/index.js';
import { mysql } from './mysql/index.js';
import { nats } from './nats/index.js';
import { postgres } from './postgres/index.js';
import { redis } from './redis/index.js';
import { sqlite } from './sqlite/index.js';

/** Every adapter of this build. A new one is one folder and one line here. */
export const adapters: readonly Adapter[] = [memory, sqlite, postgres, mysql, mongodb, redis, nats];
