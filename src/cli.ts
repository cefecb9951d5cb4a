#!/usr/bin/env node
import 'reflect-metadata';
import { Command, Option } from 'commander';
import type { Role } from '#libs/state';
import { checkConfig, configDocs, defaultConfig } from './cli/config.commands.js';
import { errorDocs } from './cli/error-docs.js';
import { examine } from './cli/doctor/doctor.js';
import { exitCodeOf, report } from './cli/doctor/report.js';
import { addEvaluateCommand } from './cli/evaluate/command.js';
import { addReindexCommand } from './cli/reindex.command.js';
import { exit, run } from './cli/run.js';
import { addTransferCommands } from './cli/course.commands.js';
import { addInteractionCommands } from './cli/interaction.commands.js';
import { addMessageCommands } from './cli/message.commands.js';
import { addModelCommands } from './cli/model.commands.js';
import { addStateCommand } from './cli/state-copy/command.js';
import { addUser, type AddedUser, roleNames, setRoles } from './cli/user.commands.js';
import { env } from './env.js';
import { serve } from './platform/serve.js';
import { version } from './platform/version.js';

const print = (text: string): void =>
  void process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
const json = () => new Option('--json', 'print JSON');
const roles = () =>
  new Option('--role <roles...>', 'one or more roles').choices([...roleNames]).default(['student']);

const program = new Command('maxiaoke')
  .description('码小课: courses, recommendations and chat for a learning community')
  .version(version);
program.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : exit.usage));

program
  .command('serve', { isDefault: true })
  .description('serve the modules of MODULES (default)')
  .action(() => serve(env()));

const config = program.command('config').description('the configuration');
config
  .command('check')
  .description('what is in force')
  .addOption(json())
  .action((options: { json?: boolean }) => print(checkConfig(options.json ?? false)));
config
  .command('defaults')
  .description('every variable with its default')
  .action(() => print(defaultConfig()));
config
  .command('docs')
  .description('the reference page')
  .option('--errors', 'the page of error codes instead')
  .action((options: { errors?: boolean }) => print(options.errors ? errorDocs() : configDocs()));

program
  .command('doctor')
  .description('examine each store: version, latency, durability, settings that lose data')
  .addOption(json())
  .action(async (options: { json?: boolean }) => {
    const diagnoses = await examine(env());
    print(options.json ? JSON.stringify(diagnoses) : report(diagnoses));
    process.exitCode = exitCodeOf(diagnoses);
  });

const user = program.command('user').description('accounts');
user
  .command('add <username>')
  .description('add an account; the password is made, or read with --password-stdin')
  .addOption(roles())
  .addOption(json())
  .option('--password-stdin', 'read the password from standard input')
  .action(
    async (name: string, options: { role: Role[]; json?: boolean; passwordStdin?: boolean }) => {
      const given = options.passwordStdin
        ? (await text(process.stdin)).replace(/\r?\n$/, '')
        : undefined;
      print(shown(await addUser(name, options.role, given), options.json));
    },
  );
user
  .command('role <username> <roles...>')
  .description(`set the roles of an account: ${roleNames.join(', ')}`)
  .addOption(json())
  .action(async (name: string, given: string[], options: { json?: boolean }) => {
    const unknown = given.find((role) => !roleNames.includes(role as Role));
    if (unknown !== undefined)
      program.error(`unknown role ${unknown}; accepted are ${roleNames.join(', ')}`, {
        exitCode: exit.usage,
      });
    print(shown(await setRoles(name, given as Role[]), options.json));
  });

const shown = (added: AddedUser, asJson?: boolean): string =>
  asJson
    ? JSON.stringify(added)
    : Object.entries(added)
        .map(([name, value]) => `${name}: ${String(value)}`)
        .join('\n');

async function text(source: AsyncIterable<Buffer | string>): Promise<string> {
  let read = '';
  for await (const chunk of source) read += chunk.toString();
  return read;
}

addTransferCommands(program, print);
addReindexCommand(program, print);
addEvaluateCommand(program, print);
addInteractionCommands(program, print);
addMessageCommands(program, print);
addModelCommands(program, print);
addStateCommand(program, print);

await run(async () => {
  await program.parseAsync();
});
