import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, SystemClock } from '#libs/kernel';
import { StoreMisconfigured } from '#libs/state';
import type { RunningServer } from '../../../../test/support/servers/index.js';
import { give } from '../../../../test/support/servers/programs.js';
import type { PooledDatabase } from './pooled-database.js';
import { type Opener, SqlHandle } from './sql-handle.js';

export interface Certificate {
  folder: string;
  cert: string;
  key: string;
}

/** A certificate of the loopback addresses that is its own authority; `user` may read its key. */
export function selfSigned(user: string): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'maxiaoke-tls-'));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...[
        '-days',
        '2',
        '-subj',
        '/CN=127.0.0.1',
        '-addext',
        'subjectAltName=IP:127.0.0.1,DNS:localhost',
      ],
      ...['-keyout', key, '-out', cert],
    ],
    { stdio: 'ignore' },
  );
  chmodSync(folder, 0o755);
  chmodSync(key, 0o600);
  for (const file of [cert, key]) give(file, user);
  return { folder, cert, key };
}

export interface TlsServer {
  opener: Opener<PooledDatabase>;
  /** The system's user that the server runs as. */
  user: string;
  /** A server that refuses who does not speak TLS. */
  start: (certificate: Certificate) => Promise<{ server: RunningServer; url: string }>;
}

export function describeTls({ opener, user, start }: TlsServer): void {
  describe(`a ${opener.name} server that wants TLS`, () => {
    let certificate: Certificate;
    let started: { server: RunningServer; url: string };

    beforeAll(async () => {
      certificate = selfSigned(user);
      started = await start(certificate);
    });

    afterAll(async () => {
      await started.server.dispose();
      rmSync(certificate.folder, { recursive: true });
    });

    const open = async (query: string): Promise<void> => {
      const handle = new SqlHandle(opener, {
        url: `${started.url}${query}`,
        variable: 'DATA_STORE',
        clock: new SystemClock(),
        logger: silentLogger,
      });
      await handle.open();
      await handle.ping();
      await handle.close();
    };

    it('says to who speaks in plain what to add to the URL', async () => {
      await expect(open('')).rejects.toThrow(StoreMisconfigured);
      await expect(open('')).rejects.toThrow(/DATA_STORE: .* TLS only[;,] add \?sslmode=/);
    });

    it('is not believed without its authority where it is to be verified', async () => {
      await expect(open('?sslmode=verify-full')).rejects.toThrow(StoreMisconfigured);
      await expect(open('?sslmode=verify-full')).rejects.toThrow(/certificate .* sslrootcert/);
    });

    it('serves who encrypts, and who verifies it', async () => {
      await open('?sslmode=require');
      await open(`?sslmode=verify-full&sslrootcert=${encodeURIComponent(certificate.cert)}`);
    });
  });
}
