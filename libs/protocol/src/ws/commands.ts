import { z } from 'zod';
import { text } from '../http/common.js';

/** Verbs of the Centrifuge client protocol that this server answers. */
export const verbs = [
  'connect',
  'subscribe',
  'unsubscribe',
  'publish',
  'presence',
  'presence_stats',
  'history',
  'rpc',
  'refresh',
  'send',
] as const;

export type Verb = (typeof verbs)[number];

const channel = z.string().min(1).max(160);
const offset = z.number().int().nonnegative();

/** Parameters of each verb. Fields that clients send and this server does not use are let through. */
export const commandSchemas = {
  connect: z.object({
    token: z.string().max(16_384).default(''),
    name: z.string().max(64).optional(),
    version: z.string().max(64).optional(),
  }),
  subscribe: z.object({
    channel,
    recover: z.boolean().default(false),
    offset: offset.default(0),
    epoch: z.string().max(128).default(''),
    join_leave: z.boolean().default(false),
  }),
  unsubscribe: z.object({ channel }),
  publish: z.object({ channel, data: z.unknown() }),
  presence: z.object({ channel }),
  presence_stats: z.object({ channel }),
  history: z.object({
    channel,
    limit: z.number().int().min(-1).max(1000).default(0),
    since: z.object({ offset, epoch: z.string().max(128).default('') }).optional(),
    reverse: z.boolean().default(false),
  }),
  rpc: z.object({ method: z.string().max(64).default(''), data: z.unknown() }),
  refresh: z.object({ token: z.string().max(16_384).default('') }),
  send: z.object({ data: z.unknown() }),
} as const satisfies Record<Verb, z.ZodType>;

export type Params<V extends Verb> = z.output<(typeof commandSchemas)[V]>;

export const cid = z
  .string()
  .regex(/^[\x20-\x7e]{1,64}$/, 'a cid is 1 to 64 printable ASCII characters');
export const messageText = text(1, 4000);
