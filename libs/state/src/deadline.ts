import { StoreUnavailable } from './errors.js';

/** The default of StoreOptions.timeoutMs. */
export const defaultTimeoutMs = 5000;

/**
 * `work`, or StoreUnavailable after `ms`. The work itself is not undone: its outcome is unknown, and
 * an error it ends with later is not raised a second time.
 */
export function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new StoreUnavailable(`${what} did not answer within ${ms} ms`)),
      ms,
    );
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: Error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

/** A store's URL as it may be shown: without its password. */
export const withoutPassword = (url: string): string =>
  url.replace(/^([a-z0-9+.-]+:\/\/[^:@/]*):.*@/i, '$1:***@');
