import { CorruptRecord, StateError, StoreMisconfigured, StoreUnavailable } from '#libs/state';

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What the server says that means: the connection leads to a replica, or to a server that is not up yet. */
export const wantsAnotherConnection = (error: Error): boolean =>
  /\b(READONLY|MASTERDOWN|LOADING)\b/.test(error.message);

export const isUnknownScript = (error: unknown): boolean => text(error).startsWith('NOSCRIPT');

/** Codes stand first in a reply, and after a dash where a script of an older server passes one on. */
const replies: readonly (readonly [
  code: RegExp,
  make: new (message: string, cause?: unknown) => StateError,
  meaning: string,
])[] = [
  [
    /\b(NOAUTH|WRONGPASS)\b/,
    StoreMisconfigured,
    'the server refuses the user or password of the URL',
  ],
  [
    /\bNOPERM\b/,
    StoreMisconfigured,
    'the user of the URL may not do this; grant it ~prefix:* &prefix:* +@all -@admin',
  ],
  [
    /invalid password|without any password configured/i,
    StoreMisconfigured,
    'the server refuses the user or password of the URL',
  ],
  [
    /DB index is out of range|invalid DB index/i,
    StoreMisconfigured,
    'the server has no database of that number',
  ],
  [/cluster support disabled/i, StoreMisconfigured, 'the server is not a cluster; use redis://'],
  [
    /\bOOM\b/,
    StoreUnavailable,
    'the server is out of memory (maxmemory): raise it or trim history',
  ],
  [/\bMISCONF\b/, StoreUnavailable, 'the server cannot write to its disk and refuses writes'],
  [/\bNOREPLICAS\b/, StoreUnavailable, 'too few replicas are connected (min-replicas-to-write)'],
  [/\bREADONLY\b/, StoreUnavailable, 'the server is a replica now'],
  [/\bLOADING\b/, StoreUnavailable, 'the server is loading its data'],
  [
    /\b(CLUSTERDOWN|MASTERDOWN|TRYAGAIN)\b|Too many Cluster redirections/,
    StoreUnavailable,
    'part of the data has no server now',
  ],
  [/\bBUSY\b/, StoreUnavailable, 'the server is busy with a script'],
  [
    /max number of clients/i,
    StoreUnavailable,
    'the server has as many connections as it takes (maxclients)',
  ],
  [
    /\bWRONGTYPE\b|equal or smaller than the target stream/,
    CorruptRecord,
    'a key holds something else than this program put there',
  ],
  [/\bMOVED\b/, StoreMisconfigured, 'the server is part of a cluster; use redis+cluster://'],
];

/** What connecting fails with that will not mend itself. */
const connecting: readonly (readonly [RegExp, string])[] = [
  [
    /wrong version number|packet length too long|EPROTO/i,
    'the server does not speak TLS here; use redis:// or its TLS port',
  ],
  [
    /certificate|ERR_TLS|self[- ]signed/i,
    'the certificate of the server is not trusted; NODE_EXTRA_CA_CERTS may name the CA',
  ],
];

/** Any error of the driver as one of the port's. `what` names the variable and the server. */
export function toStateError(error: unknown, what: string): StateError {
  if (error instanceof StateError) return error;
  const said = text(error);
  for (const [code, Make, meaning] of replies)
    if (code.test(said)) return new Make(`${what}: ${meaning} (${said})`, error);
  for (const [sign, meaning] of connecting)
    if (sign.test(said)) return new StoreMisconfigured(`${what}: ${meaning} (${said})`, error);
  return new StoreUnavailable(`${what}: ${said}`, error);
}

/** What may be behind an error of connecting, for who reads it. */
function hintFor(said: string, tls: boolean): string {
  if (/ENOTFOUND|EAI_AGAIN/.test(said)) return '; the host name is not known here';
  if (/ECONNREFUSED/.test(said)) return '; nothing listens there';
  if (tls && /did not answer|ETIMEDOUT/.test(said))
    return '; a server that does not speak TLS here does not answer: use redis:// or its TLS port';
  if (!tls && /Connection is closed|ECONNRESET|socket hang up/i.test(said))
    return '; the server closed the connection without an answer: does it want TLS (rediss://)?';
  return '';
}

/** Of the errors a connection attempt ended with, the one that says most. */
export function openingError(
  error: unknown,
  seen: readonly Error[],
  { what, tls }: { what: string; tls: boolean },
): StateError {
  const all = [...seen, error].map((one) => toStateError(one, what));
  const telling = all.find((one) => !(one instanceof StoreUnavailable));
  if (telling) return telling;
  const last = seen.length > 0 ? all.at(-2) : all.at(-1);
  const said = last?.message ?? text(error);
  return new StoreUnavailable(`${said}${hintFor(said, tls)}`, error);
}
