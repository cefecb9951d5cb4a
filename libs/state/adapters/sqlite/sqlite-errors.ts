import { AlreadyExists, type StateError, StoreMisconfigured, StoreUnavailable } from '#libs/state';

/** What a driver's error means to who configured the store. */
export const translate =
  (variable: string, path: string) =>
  (error: unknown): StateError => {
    const { code = '', message } = error as { code?: string; message: string };
    const misused = (what: string) => new StoreMisconfigured(`${variable}: ${path} ${what}`, error);
    if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY')
      return new AlreadyExists(message.replace('UNIQUE constraint failed: ', ''));
    if (code === 'SQLITE_NOTADB') return misused('is not an SQLite database; name another file');
    if (code.startsWith('SQLITE_CORRUPT')) return misused('is damaged; restore it from a backup');
    if (code.startsWith('SQLITE_READONLY'))
      return misused('cannot be written; mend its permissions or its folder’s');
    if (code.startsWith('SQLITE_CANTOPEN'))
      return misused('cannot be opened; mend its permissions or its folder’s');
    if (/^no such (table|column)/.test(message))
      return misused(`does not have the expected schema (${message}); restore it from a backup`);
    if (code === 'SQLITE_FULL')
      return new StoreUnavailable(
        `${variable}: no space left for ${path}; nothing was written`,
        error,
      );
    return new StoreUnavailable(`${variable}: ${path}: ${message}`, error);
  };
