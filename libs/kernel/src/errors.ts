/**
 * The one table of errors: a stable code → HTTP status → code of the WebSocket protocol → title.
 * docs/errors.md lists it; clients switch on `code`, never on a message.
 */
export const errorTable = {
  malformed: { status: 400, protocol: 107, title: 'Malformed request' },
  bad_cursor: { status: 400, protocol: 107, title: 'Cursor is not one this server gave out' },
  unauthenticated: { status: 401, protocol: 101, title: 'Authentication required' },
  bad_token: { status: 401, protocol: 101, title: 'Token not accepted' },
  token_expired: { status: 401, protocol: 109, title: 'Token expired' },
  bad_credentials: { status: 401, protocol: 101, title: 'Wrong username or password' },
  refresh_reused: { status: 401, protocol: 101, title: 'Refresh token was used before' },
  forbidden: { status: 403, protocol: 103, title: 'Not allowed' },
  not_found: { status: 404, protocol: 102, title: 'Not found' },
  method_not_found: { status: 404, protocol: 104, title: 'No such method' },
  method_not_allowed: { status: 405, protocol: 104, title: 'Method not allowed' },
  conflict: { status: 409, protocol: 107, title: 'Conflicts with what is stored' },
  in_progress: {
    status: 409,
    protocol: 107,
    title: 'The first request with this key is still running',
  },
  version_conflict: { status: 412, protocol: 107, title: 'Changed by someone else meanwhile' },
  too_large: { status: 413, protocol: 107, title: 'Body too large' },
  not_json: { status: 415, protocol: 107, title: 'Content type not supported' },
  invalid: { status: 422, protocol: 107, title: 'Validation failed' },
  idempotency_mismatch: {
    status: 422,
    protocol: 107,
    title: 'Idempotency key used with another body',
  },
  precondition_required: { status: 428, protocol: 107, title: 'If-Match required' },
  rate_limited: { status: 429, protocol: 111, title: 'Too many requests' },
  unrecoverable_position: {
    status: 409,
    protocol: 112,
    title: 'History no longer reaches back that far',
  },
  internal: { status: 500, protocol: 100, title: 'Internal error' },
  not_available: { status: 501, protocol: 108, title: 'Not available here' },
  unavailable: { status: 503, protocol: 108, title: 'Temporarily unavailable' },
} as const satisfies Record<string, { status: number; protocol: number; title: string }>;

export type ErrorCode = keyof typeof errorTable;

/** One thing wrong with one field; `path` is a JSON Pointer into the body, or `?name` for a query. */
export interface FieldError {
  path: string;
  message: string;
}

export interface AppErrorOptions {
  errors?: FieldError[];
  /** Seconds after which a repeat may succeed; becomes Retry-After. */
  retryAfter?: number;
  cause?: unknown;
}

/** An error with an answer for the caller. `message` says what was wrong and what is accepted. */
export class AppError extends Error {
  readonly errors: FieldError[] | undefined;
  readonly retryAfter: number | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: AppErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.errors = options.errors;
    this.retryAfter = options.retryAfter;
  }

  get status(): number {
    return errorTable[this.code].status;
  }
}
