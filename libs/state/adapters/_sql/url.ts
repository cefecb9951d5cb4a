import { readFileSync } from 'node:fs';
import { StoreMisconfigured, type StoreOptions } from '#libs/state';

/** How a connection is encrypted, as every driver takes it. */
export interface TlsOptions {
  /** The server's certificate is verified. */
  rejectUnauthorized: boolean;
  ca?: Buffer;
}

/** A server's address as its URL gives it. */
export interface Address {
  host: string;
  port: number;
  user: string | undefined;
  password: string | undefined;
  database: string;
  /** A UNIX socket (MySQL) or its folder (Postgres). */
  socket: string | undefined;
  tls: TlsOptions | undefined;
  /** Connections of this process. */
  poolSize: number;
}

/** `disable`; `require`: encrypted, the server is not verified; `verify-full`: its certificate and name are. */
const tlsModes = ['disable', 'require', 'verify-full'];
const known = ['sslmode', 'sslrootcert', 'socket', 'pool'];

/** @throws StoreMisconfigured naming the variable and what is wrong with its value, never the value */
export function addressOf({ url, variable }: StoreOptions, port: number, example: string): Address {
  const wrong = (what: string, cause?: unknown) =>
    new StoreMisconfigured(`${variable}: ${what}, e.g. ${example}`, cause);
  if (!URL.canParse(url)) throw wrong('this is not a URL that names one server and a database');
  const parsed = new URL(url);
  const database = decoded(parsed.pathname.slice(1));
  const user = decoded(parsed.username);
  const password = decoded(parsed.password);
  if (database === undefined || user === undefined || password === undefined)
    throw wrong('user, password and database have special characters percent-encoded (%40 is @)');
  if (database === '') throw wrong('the URL has to name a database after the server');
  const query = parsed.searchParams;
  const unknown = [...query.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) throw wrong(`${unknown} is not known; known are ${known.join(', ')}`);
  const poolSize = Number(query.get('pool') ?? 10);
  if (!Number.isInteger(poolSize) || poolSize < 1 || poolSize > 1000)
    throw wrong('pool is the number of connections, 1 to 1000');
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, '') || 'localhost',
    port: Number(parsed.port || port),
    user: user || undefined,
    password: password || undefined,
    database,
    socket: query.get('socket') ?? undefined,
    tls: tlsOf(query, wrong),
    poolSize,
  };
}

function tlsOf(
  query: URLSearchParams,
  wrong: (what: string, cause?: unknown) => StoreMisconfigured,
): TlsOptions | undefined {
  const mode = query.get('sslmode') ?? 'disable';
  const authority = query.get('sslrootcert');
  if (!tlsModes.includes(mode)) throw wrong(`sslmode is one of ${tlsModes.join(', ')}`);
  if (mode === 'disable') return undefined;
  if (mode === 'require') return { rejectUnauthorized: false };
  if (authority === null) return { rejectUnauthorized: true };
  try {
    return { rejectUnauthorized: true, ca: readFileSync(authority) };
  } catch (error) {
    throw wrong(`sslrootcert cannot be read: ${(error as Error).message}`, error);
  }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
