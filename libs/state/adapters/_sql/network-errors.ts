import { StateError, StoreMisconfigured, StoreUnavailable } from '#libs/state';
import type { Place } from './dialect.js';

/** What stands behind an AggregateError of Node (one attempt an address) and its like. */
export function unwrapped(error: unknown): { code?: string | number; message: string } {
  if (error instanceof AggregateError && error.errors.length > 0)
    return unwrapped(error.errors[0] as unknown);
  const { code, message } = error as { code?: string | number; message?: string };
  return { ...(code !== undefined && { code }), message: message || String(code ?? error) };
}

const broken = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
]);

export const isNetworkError = (error: unknown): boolean =>
  broken.has(String(unwrapped(error).code));

/** What every server's network errors mean, or undefined where this is none of them. */
export function networkError(error: unknown, { variable, shown }: Place): StateError | undefined {
  if (error instanceof StateError) return error;
  const { code, message } = unwrapped(error);
  const unavailable = (what: string) =>
    new StoreUnavailable(`${variable}: ${shown} ${what}`, error);
  switch (code ?? '') {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return unavailable('cannot be reached: its host name is not known; check the host');
    case 'ECONNREFUSED':
    case 'ENOENT':
      return unavailable('cannot be reached: nothing listens there; start it, or check the port');
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_HAS_EXPIRED':
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return untrusted(message, { variable, shown }, error);
    default:
      return broken.has(String(code)) ? unavailable(`cannot be reached: ${message}`) : undefined;
  }
}

export const untrusted = (
  message: string,
  { variable, shown }: Place,
  error: unknown,
): StoreMisconfigured =>
  new StoreMisconfigured(
    `${variable}: the certificate of ${shown} is not trusted (${message}); name its authority with sslrootcert, or encrypt without verifying with sslmode=require`,
    error,
  );
