import { parseArgs } from 'node:util';

/**
 * What every benchmark takes: `--rounds`, `--only` (a regular expression of the work's name), `--scale` (how much of
 * the work is done; a run at less than 1 is not kept), `--profile FOLDER` (CPU profiles of Maxiaoke instead).
 * Numbers are numbers.
 */
export function options(own = {}) {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', default: '' },
      scale: { type: 'string', default: '1' },
      profile: { type: 'string' },
      ...own,
    },
  });
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      name !== 'only' && /^[\d.]+$/.test(value) ? Number(value) : value,
    ]),
  );
}
