import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Algorithm, algorithms } from '#libs/recommender';
import { Progress } from '../progress.js';
import { evaluate } from './evaluate.js';
import { tableOf } from './report.js';

interface Given {
  train: string;
  test: string;
  k: number;
  algorithms: Algorithm[];
  seed: number;
  budget: number;
  json?: boolean;
}

/** `maxiaoke evaluate` */
export function addEvaluateCommand(program: Command, print: (text: string) => void): void {
  program
    .command('evaluate')
    .description('measure the recommendation algorithms on ratings of yours')
    .requiredOption('--train <file>', 'CSV with the columns user,item,rating,timestamp')
    .requiredOption('--test <file>', 'what was held out, in the same columns')
    .option('--k <count>', 'length of the lists that are judged', integer(1, 1000), 10)
    .option('--algorithms <names>', `comma list of ${algorithms.join(', ')}`, algorithmsOf, [
      ...algorithms,
    ])
    .option('--seed <number>', 'of inner splits and first factors', integer(0, 2 ** 31), 1)
    .option(
      '--budget <seconds>',
      'for choosing the parameters of one algorithm; what is not reached keeps its default',
      integer(0, 86_400),
      120,
    )
    .addOption(new Option('--json', 'print JSON'))
    .action(async ({ json, budget, ...given }: Given) => {
      const progress = new Progress(process.stderr);
      const report = await evaluate({ ...given, budgetMs: budget * 1000 }, (text) =>
        progress.show(text),
      );
      progress.say(`${report.algorithms.length} algorithms measured`);
      print(json ? JSON.stringify(report) : tableOf(report));
    });
}

const integer =
  (least: number, most: number) =>
  (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (!(value >= least && value <= most))
      throw new InvalidArgumentError(`accepted are whole numbers from ${least} to ${most}`);
    return value;
  };

function algorithmsOf(text: string): Algorithm[] {
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  const unknown = names.find((name) => !algorithms.includes(name as Algorithm));
  if (unknown !== undefined)
    throw new InvalidArgumentError(
      `there is no ${unknown || 'empty name'}; there are ${algorithms.join(', ')}`,
    );
  return names as Algorithm[];
}
