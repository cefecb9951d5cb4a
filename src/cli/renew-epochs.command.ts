import { type Command, Option } from 'commander';
import { silentLogger } from '#libs/kernel';
import { renewEpochs, withoutPassword } from '#libs/state';
import { env } from '../env.js';
import { factoryOf } from '../platform/state/stores.js';
import { Progress } from './progress.js';
import { checkStore } from './state-copy/request.js';
import { clock } from './stores.js';

export interface Renewal {
  store: string;
  rooms: number;
  seconds: number;
}

/** `maxiaoke state renew-epochs`: after a restore, so that nobody resumes over what was lost. */
export function addRenewEpochs(state: Command, print: (text: string) => void): void {
  state
    .command('renew-epochs')
    .description('after restoring a backup: make clients reload instead of resuming over a gap')
    .option('--store <url>', 'the restored history store; HISTORY_STORE where absent')
    .addOption(new Option('--json', 'print JSON'))
    .action(async (given: { store?: string; json?: boolean }) => {
      const report = await renew(given.store ?? env().HISTORY_STORE);
      const { store, rooms, seconds } = report;
      print(
        given.json
          ? JSON.stringify(report)
          : `${store}: ${rooms} rooms have a new epoch, in ${seconds} s`,
      );
    });
}

/** @throws CliError (64) for a store that keeps no history, StoreUnavailable, StoreMisconfigured */
async function renew(url: string): Promise<Renewal> {
  checkStore('history', '--store', url);
  const started = performance.now();
  const progress = new Progress(process.stderr);
  const store = factoryOf(
    'history',
    url,
  )?.({
    url,
    variable: '--store',
    clock,
    logger: silentLogger,
    access: 'exclusive',
  });
  if (!store) throw new Error(`no adapter serves history on ${withoutPassword(url)}`);
  try {
    await store.open();
    const rooms = await renewEpochs(store, (renewed) =>
      progress.show(`renewing epochs: ${renewed} rooms`),
    );
    progress.end();
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    return { store: withoutPassword(url), rooms, seconds };
  } finally {
    await store.close();
  }
}
