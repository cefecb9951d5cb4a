import type { ServerResponse } from 'node:http';

/**
 * Ends a response whose client takes none of it for `ms`: what makes it would wait for ever, and hold what
 * it has read. A client that takes a little now and then is waited for.
 */
export function endWhenStalled(response: ServerResponse, ms: number): void {
  response.setTimeout(ms, () => void response.destroy());
}
