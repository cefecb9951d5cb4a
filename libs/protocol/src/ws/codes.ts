/** Why the server ends a connection. 3000–3499: the client reconnects; 3500–3999: it must not. */
export const disconnects = {
  shutdown: { code: 3001, reason: 'shutdown' },
  expired: { code: 3005, reason: 'connection expired' },
  slow: { code: 3008, reason: 'slow' },
  insufficientState: { code: 3010, reason: 'insufficient state' },
  noPong: { code: 3012, reason: 'no pong' },
  invalidToken: { code: 3500, reason: 'invalid token' },
  badRequest: { code: 3501, reason: 'bad request' },
  stale: { code: 3502, reason: 'stale' },
  forceDisconnect: { code: 3503, reason: 'force disconnect' },
} as const;

export type Disconnect = (typeof disconnects)[keyof typeof disconnects];

/** Why the server ends one subscription. Below 2500 the client does not subscribe again. */
export const unsubscribes = {
  noAccess: { code: 2000, reason: 'access ended' },
  roomDeleted: { code: 2001, reason: 'room deleted' },
  /** Subscribe again with the position held: the server lost its own. */
  insufficientState: { code: 2500, reason: 'insufficient state' },
} as const;

export type Unsubscribe = (typeof unsubscribes)[keyof typeof unsubscribes];

/** Bytes: a larger frame from a client closes its connection with 1009. */
export const maxFrameBytes = 64 * 1024;
