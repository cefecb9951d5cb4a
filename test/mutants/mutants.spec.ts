import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

interface Mutant {
  name: string;
  file: string;
  find: string;
}

/** Jest compiles this file and not that one. */
const load = async (): Promise<Mutant[]> => {
  const url = pathToFileURL('test/mutants/mutants.mjs').href;
  return ((await import(url)) as { mutants: Mutant[] }).mutants;
};

describe('the deliberate bugs', () => {
  it('can be planted: what each of them changes stands exactly once in its file', async () => {
    const times = ({ file, find }: Mutant): number =>
      readFileSync(`libs/state/adapters/${file}`, 'utf8').split(find).length - 1;
    const cannot = (await load()).filter((mutant) => times(mutant) !== 1);
    expect(cannot.map(({ name, file }) => `${file}: ${name}`)).toEqual([]);
  });
});
