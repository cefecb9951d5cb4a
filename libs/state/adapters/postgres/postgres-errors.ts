import { AlreadyExists, type StateError, StoreMisconfigured, StoreUnavailable } from '#libs/state';
import type { Place } from '../_sql/dialect.js';
import { isNetworkError, networkError, unwrapped } from '../_sql/network-errors.js';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const serializationFailure = '40001';
const deadlockDetected = '40P01';
const readOnly = '25006';

export const retryable = (error: unknown): boolean =>
  [serializationFailure, deadlockDetected].includes(String((error as { code?: unknown })?.code));

/** Errors without an SQLSTATE are the driver's own: the connection is gone or out of step. */
export function fatal(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  if (typeof code !== 'string' || isNetworkError(error) || !/^[0-9A-Z]{5}$/.test(code)) return true;
  // 57P: the server is going down; 08: connection exceptions; read-only: a primary that is none any more.
  return /^(57P|08)/.test(code) || code === readOnly;
}

export function translate(error: unknown, place: Place): StateError {
  const known = networkError(error, place);
  if (known) return known;
  const { variable, shown } = place;
  const { code, message } = unwrapped(error);
  const misused = (what: string) => new StoreMisconfigured(`${variable}: ${shown} ${what}`, error);
  const unavailable = (what: string) =>
    new StoreUnavailable(`${variable}: ${shown} ${what}`, error);
  switch (code ?? '') {
    case '23505':
      return new AlreadyExists((error as { detail?: string }).detail ?? message);
    case '28P01':
    case '28000':
      return /encryption|SSL off/i.test(message)
        ? misused('accepts this user over TLS only; add ?sslmode=require or verify-full')
        : misused(`refuses this user or password (${message}); mend them`);
    case '3D000':
      return misused('has no such database; create it, or name another');
    case '42P01':
    case '42703':
    case '42883':
      return misused(`does not have the expected schema (${message}); restore it, or use another`);
    case '42P07':
      return misused(`holds another program's tables (${message}); use a database of its own`);
    case '42501':
      return misused(`does not let this user do what is needed (${message}); grant it`);
    case readOnly:
      return misused('is read-only, a replica perhaps; name the primary');
    case '53300':
      return unavailable('has no connection left; raise max_connections, or lower pool=');
    case '53100':
      return unavailable('has no space left on its disk; nothing was written');
    case '57014':
    case '55P03':
      return unavailable('did not answer in time');
    default:
  }
  if (/server does not support SSL/i.test(message))
    return misused('does not speak TLS; take sslmode from the URL, or turn TLS on there');
  if (/SASL|password must be a string/i.test(message))
    return misused('wants a password; put it into the URL');
  if (/timeout exceeded when trying to connect|Connection terminated|not queryable/i.test(message))
    return unavailable(`cannot be reached: ${message}`);
  return unavailable(`failed: ${message}`);
}
