import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { removeDir, tempDir } from './support/run.js';

interface Locked {
  version: string;
  license?: string;
  integrity?: string;
  dev?: boolean;
}

const url = 'https://example.com/advisories/1';
const high = {
  id: 1,
  url,
  title: 'Reads what it must not',
  severity: 'high',
  vulnerable_versions: '<2.0.0',
};
const locked = (given: Partial<Locked> = {}): Locked => ({
  version: '1.0.0',
  license: 'MIT',
  integrity: 'sha512-AAAA',
  ...given,
});

describe('check:packages', () => {
  let folder: string;
  let registry: Server;
  /** What the registry says of the packages that it is asked about; null where it does not audit. */
  let advisories: Record<string, object[]> | null = {};

  beforeAll(async () => {
    registry = createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      if (request.method === 'GET')
        response.end(
          JSON.stringify({ name: 'one', versions: { '1.0.0': { name: 'one', version: '1.0.0' } } }),
        );
      else if (advisories) response.end(JSON.stringify(advisories));
      else response.writeHead(405).end();
    });
    await new Promise<void>((done) => registry.listen(0, '127.0.0.1', done));
  });
  afterAll(() => void registry.close());
  beforeEach(() => {
    folder = tempDir();
    advisories = {};
  });
  afterEach(() => removeDir(folder));

  function given(packages: Record<string, Locked>, list: object = {}): void {
    const root = { name: 'tried', version: '1.0.0' };
    const entries = Object.entries(packages);
    const dependencies = Object.fromEntries(entries.map(([name, { version }]) => [name, version]));
    const lock = {
      ...root,
      lockfileVersion: 3,
      packages: {
        '': { ...root, dependencies },
        ...Object.fromEntries(entries.map(([name, entry]) => [`node_modules/${name}`, entry])),
      },
    };
    for (const path of ['config', 'bench']) mkdirSync(join(folder, path));
    const write = (path: string, content: object) =>
      writeFileSync(join(folder, path), JSON.stringify(content));
    write('package.json', { ...root, dependencies });
    write('package-lock.json', lock);
    write('bench/package-lock.json', { packages: {} });
    write('config/packages.json', {
      allowedLicences: ['MIT', 'ISC'],
      licencesByHand: {},
      auditExceptions: [],
      shipped: { MIT: Object.keys(packages) },
      ...list,
    });
  }

  const check = (...args: string[]) =>
    new Promise<{ code: number; said: string }>((done) => {
      const { port } = registry.address() as AddressInfo;
      const env = {
        PATH: process.env.PATH,
        HOME: folder,
        npm_config_registry: `http://127.0.0.1:${port}`,
      };
      execFile(
        process.execPath,
        [resolve('scripts/check-packages.mjs'), ...args],
        { cwd: folder, env },
        (error, stdout, stderr) =>
          done({ code: error ? Number(error.code) : 0, said: stdout + stderr }),
      );
    });

  it('passes what is hashed, allowed, listed and not known to be vulnerable', async () => {
    given({ one: locked() });
    const { code, said } = await check();
    expect(said).toContain('known vulnerabilities of high or critical severity: 0');
    expect(code).toBe(0);
  });

  it('fails on a package without a hash, and on licences that are not allowed', async () => {
    const { integrity: _gone, ...unhashed } = locked();
    given(
      {
        unhashed,
        copyleft: locked({ license: 'GPL-3.0' }),
        both: locked({ license: 'MIT AND GPL-3.0' }),
        either: locked({ license: '(ISC OR GPL-3.0)' }),
      },
      { shipped: {} },
    );
    const { code, said } = await check();
    expect(code).toBe(1);
    expect(said).toContain('unhashed@1.0.0 has no integrity hash');
    expect(said).toContain('copyleft@1.0.0 is under GPL-3.0');
    expect(said).toContain('both@1.0.0 is under MIT AND GPL-3.0');
    expect(said).not.toContain('either@1.0.0 is under');
  });

  it('names what the list lacks, and renews it when told; what is for development is not in it', async () => {
    given({ one: locked(), two: locked({ license: 'ISC' }), tool: locked({ dev: true }) });
    expect((await check()).said).toMatch(/\+two \(ISC\), -two \(MIT\), -tool \(MIT\)/);
    expect((await check('--write')).code).toBe(0);
    const { shipped } = JSON.parse(readFileSync(join(folder, 'config/packages.json'), 'utf8')) as {
      shipped: object;
    };
    expect(shipped).toEqual({ ISC: ['two'], MIT: ['one'] });
    expect((await check()).code).toBe(0);
  });

  it('fails on a known high vulnerability, but for an exception that has not run out', async () => {
    advisories = { one: [high] };
    given({ one: locked() });
    const { code, said } = await check();
    expect(code).toBe(1);
    expect(said).toContain(`one: high: Reads what it must not (${url})`);
    const except = (until: string) =>
      writeFileSync(
        join(folder, 'config/packages.json'),
        JSON.stringify({
          allowedLicences: ['MIT'],
          licencesByHand: {},
          auditExceptions: [{ url, until, reason: 'not reached' }],
          shipped: { MIT: ['one'] },
        }),
      );
    except('9999-12-31');
    expect((await check()).code).toBe(0);
    except('2000-01-01');
    expect((await check()).code).toBe(1);
  });

  it('says so where the registry does not audit', async () => {
    advisories = null;
    given({ one: locked() });
    const { code, said } = await check();
    expect(said).toContain('NOT checked: known vulnerabilities');
    expect(code).toBe(0);
  });
});
