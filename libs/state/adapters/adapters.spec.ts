import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Port, ports } from '#libs/state';
import { adapters } from './index.js';

const folder = join(process.cwd(), 'libs/state/adapters');
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
  .map(({ name }) => name)
  .sort();

/** The first table of docs/stores.md: adapter → column → cell. */
function documented(): Map<string, Map<string, string>> {
  const page = readFileSync(join(process.cwd(), 'docs/stores.md'), 'utf8');
  const [table = ''] = /^\|.*\n(\|.*\n)*/m.exec(page) ?? [];
  const rows = table
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^[|\s:-]+$/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const [header = [], ...body] = rows;
  return new Map(
    body.map((cells) => [
      cells[0] ?? '',
      new Map(header.map((column, at) => [column, cells[at] ?? ''])),
    ]),
  );
}

describe('the adapters', () => {
  it('in the registry are those that have a folder', () => {
    expect(adapters.map(({ name }) => name).sort()).toEqual(names);
  });

  it('answer to schemes of their own', () => {
    const schemes = adapters.flatMap((adapter) => adapter.schemes);
    expect(new Set(schemes).size).toBe(schemes.length);
  });

  it.each(names)('%s runs the contract in a spec of its own name', (name) => {
    const spec = join(folder, name, `${name}.spec.ts`);
    expect([spec, existsSync(spec)]).toEqual([spec, true]);
    expect(readFileSync(spec, 'utf8')).toContain('describeAdapter(');
  });

  it.each(names)('%s has a row in docs/stores.md that says what it serves', (name) => {
    const adapter = adapters.find((one) => one.name === name);
    const row = documented().get(name);
    const told = (port: Port) => row?.get(port) === 'yes';
    expect(ports.filter(told)).toEqual(ports.filter((port) => adapter?.[port]));
    expect(row?.get('several replicas')).toBe(adapter?.shared ? 'yes' : 'no');
  });
});
