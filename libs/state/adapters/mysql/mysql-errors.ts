import { AlreadyExists, type StateError, StoreMisconfigured, StoreUnavailable } from '#libs/state';
import type { Place } from '../_sql/dialect.js';
import { isNetworkError, networkError, untrusted, unwrapped } from '../_sql/network-errors.js';

const numberOf = (error: unknown): number =>
  (error as { errno?: number } | null | undefined)?.errno ?? 0;

/** https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html */
const deadlock = 1213;
const lockWaitTimeout = 1205;
/** Not to be written, a primary that is none any more: 1290 --read-only, 1792 transaction, 1836 mode. */
const readOnly = [1290, 1792, 1836];
/** The server closes the connection. */
const packetTooLarge = 1153;
/** 1053 shutdown, 1077 and 1079 likewise, 1927 killed, 4031 disconnected for idleness. */
const ending = [1053, 1077, 1079, packetTooLarge, 1927, 4031];

export const retryable = (error: unknown): boolean =>
  [deadlock, lockWaitTimeout].includes(numberOf(error));

/** The server's answers have numbers from 1000 up and an SQL state; others are the driver's own. */
export function fatal(error: unknown): boolean {
  const number = numberOf(error);
  const answered = number >= 1000 && !isNetworkError(error);
  return !answered || ending.includes(number) || readOnly.includes(number);
}

export function translate(error: unknown, place: Place): StateError {
  const known = networkError(error, place);
  if (known) return known;
  const { variable, shown } = place;
  const { code, message } = unwrapped(error);
  const misused = (what: string) => new StoreMisconfigured(`${variable}: ${shown} ${what}`, error);
  const unavailable = (what: string) =>
    new StoreUnavailable(`${variable}: ${shown} ${what}`, error);
  const number = numberOf(error);
  if (readOnly.includes(number))
    return misused(`cannot be written (${message}); name the primary, or turn read_only off`);
  switch (number) {
    case 1062:
      return new AlreadyExists(message);
    case 1045:
    case 1698:
    case 1251:
      // MariaDB says no more to who has to speak TLS and does not.
      return misused(
        `refuses this user or password (${message}); mend them; where this user is served over TLS only, add ?sslmode=require or verify-full`,
      );
    case 1049:
      return misused('has no such database; create it, or name another');
    case 1044:
    case 1142:
    case 1227:
      return misused(`does not let this user do what is needed (${message}); grant it`);
    case 1054:
    case 1146:
      return misused(`does not have the expected schema (${message}); restore it, or use another`);
    case 1665:
      return misused('has binlog_format=STATEMENT, which cannot be written here; set it to ROW');
    case packetTooLarge:
      return misused('takes no packet of this size; set max_allowed_packet to 16M or more');
    case 3159:
      return misused('accepts connections over TLS only; add ?sslmode=require or verify-full');
    case 1040:
    case 1203:
    case 1226:
      return unavailable('has no connection left; raise max_connections, or lower pool=');
    case 1021:
    case 1114:
    case 3 /* EE_WRITE: error writing a file */:
      return unavailable('has no space left on its disk; nothing was written');
    default:
  }
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT')
    return misused('does not speak TLS; take sslmode from the URL, or turn TLS on there');
  if (code === 'HANDSHAKE_SSL_ERROR' && /certificate|altnames/i.test(message))
    return untrusted(message, place, error);
  if (/No space left|errno: 28/i.test(message))
    return unavailable('has no space left on its disk; nothing was written');
  return unavailable(`failed: ${message}`);
}
