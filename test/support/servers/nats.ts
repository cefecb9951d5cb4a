import { connect } from '@nats-io/transport-node';
import { find } from './programs.js';
import { credentials, password, type ServerKind } from './server-kind.js';

/** One server that keeps nothing. */
export const nats: ServerKind = {
  name: 'nats',
  install: 'nats-server',
  user: 'nats',
  program: () => find('nats-server'),
  launch: (_dir, port) => ({
    program: find('nats-server') ?? 'nats-server',
    args: ['--addr', '127.0.0.1', '--port', String(port), '--user', 'maxiaoke', '--pass', password],
  }),
  url: (port) => `nats://${credentials('maxiaoke')}@127.0.0.1:${port}`,
  ready: async (url) => {
    const { host } = new URL(url);
    const connection = await connect({ servers: host, user: 'maxiaoke', pass: password });
    await connection.flush();
    await connection.close();
  },
  fresh: async (url, name) => {
    const made = new URL(url);
    made.searchParams.set('prefix', name);
    return made.href;
  },
  drop: async () => undefined, // it keeps nothing
};
