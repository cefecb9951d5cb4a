import { type Command, Option } from 'commander';
import {
  activateModel,
  type ListedModel,
  listModels,
  rollBackModel,
  trainModel,
} from './models.js';
import { exit } from './run.js';

const json = () => new Option('--json', 'print JSON');

/** `maxiaoke train` and `maxiaoke models …` */
export function addModelCommands(program: Command, print: (text: string) => void): void {
  program
    .command('train')
    .description('train the recommendation model once, and activate it unless it is worse')
    .option('--now', 'also where too little is new (TRAIN_MIN_EVENTS)')
    .addOption(json())
    .action(async (given: { now?: boolean; json?: boolean }) => {
      const result = await trainModel(given.now ?? false, shownProgress(process.stderr));
      print(given.json ? JSON.stringify(result) : sentence(result));
      if (result.outcome === 'busy' || result.outcome === 'overtaken')
        process.exitCode = exit.tempFail;
      if (result.outcome === 'worse') process.exitCode = exit.data;
    });

  const models = program.command('models').description('recommendation models');
  models
    .command('list')
    .description('those that are kept, newest first')
    .addOption(json())
    .action(async (given: { json?: boolean }) => {
      const all = await listModels();
      print(given.json ? JSON.stringify(all) : all.map(row).join('\n') || 'there is no model yet');
    });
  const changing = (name: string, what: string, change: (model: string) => Promise<ListedModel>) =>
    models
      .command(name)
      .description(what)
      .addOption(json())
      .action(async (...given: [string | object, ...unknown[]]) => {
        const named = typeof given[0] === 'string' ? given[0] : '';
        const options = (named === '' ? given[0] : given[1]) as { json?: boolean };
        const model = await change(named);
        print(options.json ? JSON.stringify(model) : row(model));
      });
  changing('activate <model>', 'serve this one, named by the beginning of its hash', activateModel);
  changing('rollback', 'serve the one made before the active one', () => rollBackModel());
}

/** A line that is written over on a terminal, one for each step elsewhere. */
function shownProgress(output: NodeJS.WriteStream): (step: string, done: number) => void {
  let last = '';
  return (step, done) => {
    const text = `${step}: ${Math.round(done * 100)} %`;
    if (text === last || (!output.isTTY && last.startsWith(`${step}:`))) return;
    last = text;
    output.write(output.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
  };
}

function sentence(result: Awaited<ReturnType<typeof trainModel>>): string {
  if (!('model' in result)) return `${result.outcome}: ${result.detail}`;
  const { ndcg, activeNdcg, k, pairs, users, items, algorithm, seconds } = result.record;
  const quality =
    ndcg === null || ndcg === undefined
      ? 'too little to measure'
      : `nDCG@${k} ${ndcg.toFixed(4)}${activeNdcg === null || activeNdcg === undefined ? '' : `, the active one ${activeNdcg.toFixed(4)}`}`;
  return `${result.outcome}: ${result.model.slice(0, 12)}, ${algorithm} of ${pairs} pairs (${users} users, ${items} courses) in ${seconds} s; ${quality}`;
}

const row = ({ model, active, createdAt, bytes, ndcg, pairs }: ListedModel): string =>
  [
    active ? '*' : ' ',
    model.slice(0, 12),
    createdAt,
    `${bytes} bytes`,
    pairs === undefined ? '' : `${pairs} pairs`,
    typeof ndcg === 'number' ? `nDCG ${ndcg.toFixed(4)}` : '',
  ]
    .join('  ')
    .trimEnd();
