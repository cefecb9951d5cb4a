/** Milliseconds since the Unix epoch. Every deadline in the system is absolute on one such clock. */
export type Millis = number;

/** The one source of time; injected so that tests decide what time it is. */
export abstract class Clock {
  abstract now(): Millis;
}

export class SystemClock extends Clock {
  now(): Millis {
    return Date.now();
  }
}

/** A clock that stands still until it is told to move. */
export class ManualClock extends Clock {
  constructor(private time: Millis = Date.UTC(2026, 0, 1)) {
    super();
  }

  now(): Millis {
    return this.time;
  }

  advance(by: Millis): void {
    this.time += by;
  }
}

let lastAt: Millis = 0;
let lastText = '1970-01-01T00:00:00.000Z';

/** RFC 3339, UTC, milliseconds: the form of every time on the wire. Under load many events have the same. */
export function toRfc3339(at: Millis): string {
  if (at !== lastAt) {
    lastText = new Date(at).toISOString();
    lastAt = at;
  }
  return lastText;
}
