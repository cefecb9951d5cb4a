import { StoreMisconfigured } from '#libs/state';

/** A NATS URL, taken apart. */
export interface NatsUrl {
  /** One or more seeds; the rest of a cluster is learned from them. */
  servers: string[];
  tls: boolean;
  user?: string;
  /** With `user`; alone in the URL's place of a user it is a token. */
  password?: string;
  token?: string;
  /** Every subject starts with it. */
  prefix: string;
  /** The URL without its secrets, for messages. */
  shown: string;
}

export const example = 'nats://localhost:4222';

const shape = /^nats:\/\/(?:([^@/?#]*)@)?([^/?#]*)\/?(\?[^#]*)?$/i;

/**
 * `nats://[user:password@ | token@]host[:port][,…][?tls=on&prefix=p]`. The platform's URL parser takes
 * no list of hosts. @throws StoreMisconfigured
 */
export function parseNatsUrl(url: string, variable: string): NatsUrl {
  const refuse = (why: string): never => {
    throw new StoreMisconfigured(
      `${variable}: ${why}; e.g. ${example}, nats://user:password@host1:4222,host2:4222?tls=on`,
    );
  };
  const parts = shape.exec(url.trim());
  if (!parts) return refuse('this is not a NATS URL');
  const [, credentials, hosts = '', query = ''] = parts;
  const options = new URLSearchParams(query);
  for (const name of options.keys())
    if (name !== 'prefix' && name !== 'tls')
      refuse(`"${name}" is not an option; there are prefix and tls`);
  const prefix = options.get('prefix') ?? 'maxiaoke';
  if (!/^[\w:-]{1,64}$/.test(prefix)) refuse('prefix must be 1–64 of letters, digits and _:-');
  const servers = hosts
    .split(',')
    .map((host) => addressOf(host) ?? refuse(`"${host}" is not host:port`));
  return {
    servers,
    tls: /^(1|true|on)$/i.test(options.get('tls') ?? ''),
    ...signIn(credentials),
    prefix,
    shown: `nats://${credentials === undefined ? '' : '***@'}${hosts}`,
  };
}

function signIn(credentials: string | undefined): Pick<NatsUrl, 'user' | 'password' | 'token'> {
  if (!credentials) return {};
  const colon = credentials.indexOf(':');
  if (colon < 0) return { token: decode(credentials) };
  return {
    user: decode(credentials.slice(0, colon)),
    password: decode(credentials.slice(colon + 1)),
  };
}

function addressOf(text: string): string | undefined {
  const found = /^(\[[0-9a-f:.]+\]|[^\s:[\]]+)(?::(\d{1,5}))?$/i.exec(text);
  const port = Number(found?.[2] ?? 4222);
  return found?.[1] === undefined || port < 1 || port > 65535 ? undefined : `${found[1]}:${port}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a bare % is taken as it is
  }
}
