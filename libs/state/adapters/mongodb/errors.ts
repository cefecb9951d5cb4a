import { MongoError, MongoServerError, MongoServerSelectionError } from 'mongodb';
import { StateError, StoreMisconfigured, StoreUnavailable } from '#libs/state';

/** Codes of the server, as its error_codes.yml names them. */
const codes = {
  duplicateKey: 11000,
  unknownCommand: 59,
  namespaceNotFound: 26,
  unauthorized: 13,
  authenticationFailed: 18,
  /** Atlas answers so to a wrong password. */
  atlasError: 8000,
  outOfDiskSpace: 14031,
  documentTooLarge: 10334,
} as const;

/** Primaries come and go: the driver finds the next one, and the caller may repeat. */
const notPrimary = [10107, 13435, 11602, 189, 91, 11600];

export const isDuplicateKey = (error: unknown): boolean =>
  error instanceof MongoServerError && error.code === codes.duplicateKey;

export const isNamespaceNotFound = (error: unknown): boolean =>
  error instanceof MongoServerError && error.code === codes.namespaceNotFound;

export const isUnknownCommand = (error: unknown): boolean =>
  error instanceof MongoServerError && error.code === codes.unknownCommand;

/** What a driver's error means to who configured the store; `where` is the URL without its password. */
export function translate(error: unknown, variable: string, where: string): StateError {
  if (error instanceof StateError) return error;
  const { message } = error as Error;
  const misused = (what: string) => new StoreMisconfigured(`${variable}: ${where}: ${what}`, error);
  const unavailable = (what: string) =>
    new StoreUnavailable(`${variable}: ${where}: ${what}`, error);
  // The driver's parser of URLs has an error of its own, of the same name.
  if (['MongoParseError', 'MongoInvalidArgumentError'].includes((error as Error).name))
    return misused(`the URL is not one the driver understands: ${message}`);
  if (!(error instanceof MongoError)) return unavailable(message);
  if (error.name === 'MongoCompatibilityError' || message.includes('maximum wire version'))
    return misused(`the server is too old; MongoDB 5.0 or newer is needed (${message})`);
  const { code } = error as { code?: number | string };
  if (code === codes.authenticationFailed || code === codes.atlasError)
    return misused(`user or password are wrong, or authSource is (${message})`);
  if (code === codes.unauthorized)
    return misused(`the user may not do this; grant it readWrite on the database (${message})`);
  if (code === codes.outOfDiskSpace || /no space left|disk full/i.test(message))
    return unavailable('no space left on the server’s disk; nothing is known to be written');
  if (code === codes.documentTooLarge)
    return unavailable('more than MongoDB takes in one document (16 MB); nothing was written');
  if (typeof code === 'number' && notPrimary.includes(code))
    return unavailable(`the server is not the primary now, or is for reading only (${message})`);
  return unavailable(connectionAdvice(error, where) ?? message);
}

/** What a connection that could not be made tells of its reason. */
function connectionAdvice(error: MongoError, where: string): string | null {
  const told = error instanceof MongoServerSelectionError ? reasonsOf(error) : error.message;
  if (/ENOTFOUND|EAI_AGAIN/.test(told)) return `the host is unknown (${told}); mend the name`;
  if (/ECONNREFUSED/.test(told)) return `nothing listens there (${told})`;
  if (/wrong version number|packet length too long|EPROTO/.test(told))
    return `the server does not speak TLS, the URL asks for it (${told}); leave tls=true out`;
  if (/certificate|self.signed|unable to verify/i.test(told))
    return `the server's certificate is not trusted (${told}); name its authority by tlsCAFile`;
  const broke = /connection \S+ to .* closed|ECONNRESET|socket hang up/.test(told);
  if (broke && error instanceof MongoServerSelectionError)
    return `the server closed the connection (${told}); if it wants TLS, add tls=true; if it has too many connections, raise its limit or lower maxPoolSize`;
  if (!(error instanceof MongoServerSelectionError)) return null;
  return /[?&](tls|ssl)=true/i.test(where)
    ? `no server answered (${told}); if it does not speak TLS, leave tls=true out`
    : `no primary was found (${told})`;
}

function reasonsOf({ reason, message }: MongoServerSelectionError): string {
  const causes = [...(reason?.servers.values() ?? [])].flatMap(({ error }) =>
    error
      ? [error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message]
      : [],
  );
  return causes.join('; ') || message;
}
