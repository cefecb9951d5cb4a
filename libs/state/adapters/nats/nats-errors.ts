import { errors } from '@nats-io/transport-node';
import { StateError, StoreMisconfigured, StoreUnavailable } from '#libs/state';

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What connecting fails with, and what may be behind it. */
const meanings: readonly (readonly [sign: RegExp, misconfigured: boolean, meaning: string])[] = [
  [/does not support 'tls'|tls.*not available/i, true, 'the server does not speak TLS here'],
  [
    /certificate|self[- ]signed|ERR_TLS|EPROTO|wrong version number/i,
    true,
    'the TLS of the server is not trusted; NODE_EXTRA_CA_CERTS may name its CA',
  ],
  [/ENOTFOUND|EAI_AGAIN|getaddrinfo/, false, 'the host name is not known here'],
  [/refused/i, false, 'nothing listens there'],
];

/** Any error of the driver as one of the port's. `what` names the variable and the server. */
export function toStateError(error: unknown, what: string): StateError {
  if (error instanceof StateError) return error;
  const said = text(error);
  if (error instanceof errors.AuthorizationError)
    return new StoreMisconfigured(
      `${what}: the server refuses the user, password or token of the URL (${said})`,
      error,
    );
  if (error instanceof errors.PermissionViolationError)
    return new StoreMisconfigured(
      `${what}: the user of the URL may not do this; it has to publish and subscribe to prefix.> (${said})`,
      error,
    );
  const [, misconfigured, meaning] = meanings.find(([sign]) => sign.test(said)) ?? [];
  const message = meaning === undefined ? `${what}: ${said}` : `${what}: ${meaning} (${said})`;
  return misconfigured
    ? new StoreMisconfigured(message, error)
    : new StoreUnavailable(message, error);
}
