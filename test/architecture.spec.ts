import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { parseEnv, promisify } from 'node:util';
import { errorTable } from '#libs/kernel';
import { disconnects, rpcSchemas, verbs } from '#libs/protocol';
import { schemeOf } from '#libs/state';
import { adapters } from '#libs/state/adapters';
import { parseConfig } from '../src/env.js';

const execute = promisify(execFile);
const root = process.cwd();
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Files below `folder` that end in one of `endings`, relative to the root. */
const files = (folder: string, ...endings: string[]): string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !path.includes('node_modules'));

const sources = ['src', 'libs'].flatMap((folder) => files(folder, '.ts'));
const lines = (path: string) => read(path).trimEnd().split('\n').length;

describe('the walls', () => {
  it('are crossed nowhere', async () => {
    const args = [
      'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
      '--output-type',
      'err',
    ];
    const { stdout } = await execute(
      process.execPath,
      [...args, '--config', '.dependency-cruiser.cjs', 'src', 'libs', 'test'],
      { cwd: root },
    ).catch((failed: { stdout: string }) => failed);
    expect(stdout).toContain('no dependency violations found');
  });

  it('let one file read the environment', () => {
    const readers = sources.filter((path) => /process\s*\.\s*env|process\[/.test(read(path)));
    expect(readers).toEqual(['src/env.ts']);
  });

  it('keep files small: half of them up to 80 lines, none above 350', () => {
    const lengths = sources.map((path) => ({ path, length: lines(path) }));
    lengths.sort((a, b) => a.length - b.length);
    expect(lengths[Math.floor(lengths.length / 2)]?.length).toBeLessThanOrEqual(80);
    expect(lengths.filter(({ length }) => length > 350)).toEqual([]);
  });

  it('hold in every folder: names in kebab-case', () => {
    expect(sources.filter((path) => !/^[a-z0-9/_.-]+$/.test(path))).toEqual([]);
  });
});

describe('every adapter', () => {
  const folder = 'libs/state/adapters';
  const names = readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
    .map(({ name }) => name);

  it.each(names)('%s has a spec, a line in the registry and a row in the documentation', (name) => {
    expect(files(`${folder}/${name}`, '.spec.ts')).not.toEqual([]);
    expect(read(`${folder}/index.ts`)).toContain(`from './${name}/index.js'`);
    expect(read('docs/adding-an-adapter.md')).toContain(`| \`${name}\``);
  });

  it('is in the registry because it has a folder', () => {
    const listed = [...read(`${folder}/index.ts`).matchAll(/from '\.\/([^/']+)\/index\.js'/g)];
    expect(listed.map(([, name]) => name).sort()).toEqual(names.sort());
  });
});

describe('the profiles', () => {
  const names = readdirSync(join(root, 'config/profiles')).map((name) => basename(name, '.env'));
  const variables = (name: string) => parseEnv(read(`config/profiles/${name}.env`));

  it.each(names)('%s is a configuration that is understood', (name) => {
    const given = { ...variables(name), NODE_ENV: 'test' };
    expect(() => parseConfig(given)).not.toThrow();
  });

  it('use every adapter between them, so that the end-to-end suite runs on each', () => {
    const urls = names.flatMap((name) => Object.values(variables(name)));
    const unused = adapters.filter(
      ({ schemes }) => !urls.some((url) => url !== undefined && schemes.includes(schemeOf(url))),
    );
    expect(unused.map(({ name }) => name)).toEqual([]);
  });
});

describe('the documentation', () => {
  const pages = [
    ...readdirSync(root).filter((name) => name.endsWith('.md')),
    ...files('docs', '.md'),
  ];

  it.each(pages)('%s links only to what exists', (page) => {
    const targets = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? '');
    const local = targets.filter((target) => !/^[a-z]+:/.test(target) && !target.startsWith('#'));
    const missing = local.filter((target) => {
      const [path = ''] = target.split('#');
      const full = join(root, dirname(page), path);
      return !existsSync(full) || (path.endsWith('.md') && statSync(full).size === 0);
    });
    expect(missing).toEqual([]);
  });

  it('names every error code', () => {
    const page = read('docs/errors.md');
    expect(Object.keys(errorTable).filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
  });

  it('describes every verb, rpc method, error and close code of the protocol', () => {
    const page = read('docs/protocol.md');
    const codes = Object.values(errorTable).map(({ protocol }) => `| ${protocol} `);
    const closes = Object.values(disconnects).map(({ code, reason }) => `| ${code} | ${reason}`);
    const names = [...verbs, ...Object.keys(rpcSchemas)].map((name) => `\`${name}\``);
    const wanted = [...names, ...codes, ...closes];
    expect(wanted.filter((text) => !page.includes(text))).toEqual([]);
  });

  it('names every command of package.json that it tells people to run', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const told = pages.flatMap((page) => [...read(page).matchAll(/`npm run ([\w:]+)/g)]);
    expect(told.map(([, name]) => name ?? '').filter((name) => !(name in scripts))).toEqual([]);
  });
});
