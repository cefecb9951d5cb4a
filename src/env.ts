import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { parseSynonyms } from '#libs/search';
import { type Port, ports, schemeOf } from '#libs/state';
import { adapters } from '#libs/state/adapters';

export const moduleNames = ['course', 'recommendation', 'identity', 'chat', 'web'] as const;
export type ModuleName = (typeof moduleNames)[number];

const list = (value: string): string[] =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
const onOff = z.enum(['on', 'off']);
const origin = z
  .url({ protocol: /^https?$/ })
  .refine((value) => new URL(value).origin === value, 'an origin has no path');

/** A store URL whose adapter serves `port`; the message names what does and shows an example. */
const storeUrl = (port: Port) =>
  z.string().superRefine((url, context) => {
    const adapter = adapters.find(({ schemes }) => schemes.includes(schemeOf(url)));
    if (adapter?.[port]) return;
    const serving = adapters.filter((candidate) => candidate[port]);
    const accepted = serving
      .flatMap(({ schemes }) => schemes)
      .map((scheme) => `${scheme}:`)
      .join(', ');
    const what = adapter
      ? `the ${adapter.name} adapter does not keep ${port}`
      : `no adapter has the scheme "${schemeOf(url)}"`;
    context.addIssue({
      code: 'custom',
      message: `${what}; accepted are ${accepted}, e.g. ${serving[0]?.example}`,
    });
  });

/** Names the line that is wrong, before anything is served. */
function checkSynonyms(file: string, context: z.RefinementCtx): void {
  try {
    parseSynonyms(readFileSync(file, 'utf8'));
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
}

/** Every variable: its schema (with default and description) is what is validated, printed and documented. */
const schema = z.object({
  NODE_ENV: z
    .enum(['development', 'production', 'test'])
    .default('development')
    .describe('`production` requires AUTH_SECRET and turns DEMO off'),
  MODULES: z
    .string()
    .default('all')
    .transform((value) => (value === 'all' ? [...moduleNames] : list(value)))
    .pipe(z.array(z.enum(moduleNames)).min(1))
    .describe(
      'comma list of the modules this process serves: course, recommendation, identity, chat, web',
    ),
  HOST: z.string().default('0.0.0.0').describe('address to listen on'),
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(3000)
    .describe('one port for HTTP and WebSocket'),
  DATA_STORE: storeUrl('data')
    .default('sqlite:./data/maxiaoke.db')
    .describe('catalogue, accounts, interactions, recommendation models'),
  HISTORY_STORE: storeUrl('history')
    .optional()
    .describe('rooms, members, messages, read markers; the same as DATA_STORE where absent'),
  SESSION_STORE: storeUrl('session')
    .default('memory:')
    .describe('sessions, presence, rate-limit counters'),
  EVENT_BUS: storeUrl('bus')
    .optional()
    .describe('fan-out between replicas; the session store’s where it has one'),
  REPLICAS: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(1)
    .describe('how many processes serve this deployment; above 1 every store must be shared'),
  AUTH_SECRET: z
    .string()
    .min(32)
    .optional()
    .describe(
      'HS256 key for tokens, 32 bytes or more; made once and kept in ./data/auth.secret where absent, required in production',
    ),
  AUTH_JWKS_URL: z
    .url()
    .optional()
    .describe('keys of an identity provider whose tokens are accepted'),
  AUTH_ISSUER: z.string().optional().describe('required `iss` of tokens'),
  AUTH_AUDIENCE: z.string().optional().describe('required `aud` of tokens'),
  PUBLIC_ORIGIN: z
    .string()
    .transform(list)
    .pipe(z.array(origin))
    .optional()
    .describe(
      'allowed browser origins (CORS and WebSocket), comma list; same origin only where absent',
    ),
  SEARCH_SYNONYMS: z
    .string()
    .superRefine(checkSynonyms)
    .optional()
    .describe(
      'file of words that find one another: a line is a group, e.g. `前端=frontend=front end`; `#` begins a comment',
    ),
  RATE_LIMIT: onOff.default('on').describe('`off` for load tests or behind another limiter'),
  DEMO: onOff
    .optional()
    .describe('fill an empty catalogue with the demo catalogue; `on`, `off` in production'),
  REGISTRATION: z
    .enum(['open', 'closed'])
    .default('open')
    .describe('`closed`: accounts only by an administrator or an identity provider'),
  DRAIN_SECONDS: z.coerce
    .number()
    .min(0)
    .max(3600)
    .default(20)
    .describe(
      'how long a stopping process takes to hand its connections over, its notice included',
    ),
  DRAIN_NOTICE_SECONDS: z.coerce
    .number()
    .min(0)
    .max(3600)
    .optional()
    .describe(
      'the first part of DRAIN_SECONDS, for balancers: not ready, and serving still; a quarter of it, at most 5, where absent',
    ),
  MEMORY_LIMIT_MB: z.coerce
    .number()
    .min(64)
    .optional()
    .describe(
      'memory this process may use, MiB: at 90 % of it no new connection is let in; the container’s limit, or the machine’s memory, where absent',
    ),
  MAX_QUEUED_MB: z.coerce
    .number()
    .min(1)
    .optional()
    .describe(
      'what may wait for all clients of this process to read it, MiB: above it the slowest are closed and no new connection is let in; an eighth of the memory limit where absent',
    ),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('least severe level logged'),
  LOG_PRETTY: onOff.default('off').describe('logs for reading instead of JSON lines'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url()
    .optional()
    .describe('where traces go; reserved, no traces are sent yet'),
});

type Parsed = z.output<typeof schema>;

/** The configuration in force: every default filled in. */
export interface Env extends Omit<
  Parsed,
  'HISTORY_STORE' | 'EVENT_BUS' | 'AUTH_SECRET' | 'DEMO' | 'DRAIN_NOTICE_SECONDS'
> {
  HISTORY_STORE: string;
  EVENT_BUS: string;
  AUTH_SECRET: string;
  DEMO: 'on' | 'off';
  DRAIN_NOTICE_SECONDS: number;
}

export const ENV = Symbol('env');

/** Everything that is wrong with the configuration, at once. The process exits 78 (EX_CONFIG). */
export class ConfigError extends Error {
  readonly exitCode = 78;

  constructor(readonly problems: readonly { variable: string; message: string }[]) {
    super(problems.map(({ variable, message }) => `${variable}: ${message}`).join('\n'));
    this.name = 'ConfigError';
  }
}

/** One row of the reference page a variable. */
export const configTable: readonly { variable: string; default: string; meaning: string }[] =
  Object.entries(schema.shape).map(([variable, field]) => {
    const absent = (field as z.ZodType).safeParse(undefined);
    const value = absent.success ? absent.data : undefined;
    return {
      variable,
      default: Array.isArray(value)
        ? 'all'
        : value === undefined
          ? ''
          : `${value as string | number}`,
      meaning: field.description ?? '',
    };
  });

const busBeside = (session: string): string => {
  const adapter = adapters.find(({ schemes }) => schemes.includes(schemeOf(session)));
  return adapter?.bus ? session : 'memory:';
};

/** Made on the first start, so that tokens outlive a restart. */
function keptSecret(): string {
  const file = './data/auth.secret';
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  mkdirSync('./data', { recursive: true });
  writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

/** @throws ConfigError naming each variable, what is accepted and an example */
export function parseConfig(given: Record<string, string | undefined>): Env {
  const present = Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => (given[name] ? [[name, given[name]]] : [])),
  );
  const result = schema.safeParse(present);
  const problems = result.success
    ? []
    : result.error.issues.map(({ path, message, input }) => ({
        variable: String(path[0]),
        message: input === undefined ? message : `${message} (got ${shown(input)})`,
      }));
  if (!result.success) throw new ConfigError(problems);
  const parsed = result.data;
  const stores = {
    DATA_STORE: parsed.DATA_STORE,
    HISTORY_STORE: parsed.HISTORY_STORE ?? parsed.DATA_STORE,
    SESSION_STORE: parsed.SESSION_STORE,
    EVENT_BUS: parsed.EVENT_BUS ?? busBeside(parsed.SESSION_STORE),
  };
  problems.push(...unshared(parsed.REPLICAS, stores));
  const notice = parsed.DRAIN_NOTICE_SECONDS ?? Math.min(5, parsed.DRAIN_SECONDS / 4);
  if (notice > parsed.DRAIN_SECONDS) {
    problems.push({
      variable: 'DRAIN_NOTICE_SECONDS',
      message: `at most DRAIN_SECONDS, which is ${parsed.DRAIN_SECONDS} (got ${notice})`,
    });
  }
  if (
    parsed.NODE_ENV === 'production' &&
    parsed.AUTH_SECRET === undefined &&
    parsed.AUTH_JWKS_URL === undefined
  ) {
    problems.push({
      variable: 'AUTH_SECRET',
      message: 'required in production: 32 bytes or more, e.g. of `openssl rand -base64 32`',
    });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    ...parsed,
    ...stores,
    AUTH_SECRET:
      parsed.AUTH_SECRET ??
      (parsed.NODE_ENV === 'test' ? 'a secret of thirty-two bytes for tests' : keptSecret()),
    DRAIN_NOTICE_SECONDS: notice,
    DEMO: parsed.DEMO ?? (parsed.NODE_ENV === 'production' ? 'off' : 'on'),
  };
}

function unshared(
  replicas: number,
  stores: Record<string, string>,
): { variable: string; message: string }[] {
  if (replicas === 1) return [];
  const shared = adapters.filter((adapter) => adapter.shared);
  return Object.entries(stores).flatMap(([variable, url], at) => {
    const port = ports[at];
    const adapter = adapters.find(({ schemes }) => schemes.includes(schemeOf(url)));
    if (!port || adapter?.shared) return [];
    const examples = shared.filter((candidate) => candidate[port]).map(({ example }) => example);
    const advice =
      examples.length > 0
        ? `set it to e.g. ${examples.join(' or ')}`
        : 'this build has no shared adapter for it';
    return [
      {
        variable,
        message: `REPLICAS=${replicas} needs a store that replicas share, ${adapter?.name} is not; ${advice}`,
      },
    ];
  });
}

/** Without the password of a URL. */
const shown = (input: unknown): string =>
  JSON.stringify(input)?.replace(/\/\/[^@/]*@/, '//***@') ?? '';

let memoised: Env | undefined;

/** The process's configuration: ENV_FILE first, then the environment over it. The only reader of process.env. */
export function env(): Env {
  memoised ??= parseConfig({ ...fileVariables(), ...process.env });
  return memoised;
}

function fileVariables(): Record<string, string | undefined> {
  const file = process.env.ENV_FILE;
  if (!file) return {};
  try {
    return parseEnv(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError([
      { variable: 'ENV_FILE', message: `cannot be read: ${(error as Error).message}` },
    ]);
  }
}
