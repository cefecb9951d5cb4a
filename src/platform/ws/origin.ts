import type { IncomingMessage } from 'node:http';

/**
 * Whether a browser page may open a socket here. Programs that are no browsers send no Origin.
 * `allowed` are origins as in PUBLIC_ORIGIN; without them only the server's own.
 */
export function originAllowed(request: IncomingMessage, allowed: readonly string[]): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  if (allowed.length > 0) return allowed.includes(origin);
  return URL.canParse(origin) && new URL(origin).host === host;
}
