// The servers of a run, for what starts it.
import { compile, load, sourcesIn } from '../compile.mjs';

const support = 'test/support';
compile([`${support}/ports.ts`, `${support}/until.ts`, ...sourcesIn(`${support}/servers`)]);

export const { kinds } = await load(`${support}/servers/kinds.ts`);
export const { announcementVariable, lack, ServersOfRun, wanted } = await load(
  `${support}/servers/run.ts`,
);
