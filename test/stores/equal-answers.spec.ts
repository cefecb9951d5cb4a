import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { ManualClock } from '#libs/kernel';
import { type Adapter, type Port, StateError, VersionConflict } from '#libs/state';
import { adapters } from '#libs/state/adapters';
import { type Command, command, seconds } from './support/commands/command.js';
import { courseCommands } from './support/commands/course-commands.js';
import { dataCommands } from './support/commands/data-commands.js';
import { historyCommands } from './support/commands/history-commands.js';
import { sessionCommands } from './support/commands/session-commands.js';
import { closed, opened, shared, type Stores } from './support/stores.js';

/** How many runs a store gets, and how long they are; more with RUNS=1000 in the environment. */
const numRuns = Number(process.env.RUNS ?? 12);
const maxLength = 150;

const memory = adapters.find(({ name }) => name === 'memory') as Adapter;
const folder = mkdtempSync(join(tmpdir(), 'maxiaoke-equal-'));
afterAll(() => rmSync(folder, { recursive: true }));

const passing = command('time passes', { by: seconds }, async (_stores, { by }, { clock }) =>
  clock.advance(by * 1000),
);

const suites: { name: string; port: Port; commands: fc.Arbitrary<Command> }[] = [
  { name: 'history', port: 'history', commands: fc.oneof(...historyCommands) },
  { name: 'sessions', port: 'session', commands: fc.oneof(passing, ...sessionCommands) },
  { name: 'courses and learning', port: 'data', commands: fc.oneof(...courseCommands) },
  {
    name: 'accounts, models and leases',
    port: 'data',
    commands: fc.oneof(passing, ...dataCommands),
  },
];

let files = 0;
const subjects: { adapter: Adapter; freshUrl: () => Promise<string> }[] = [
  ...adapters
    .filter(({ name }) => name === 'sqlite')
    .map((adapter) => ({
      adapter,
      freshUrl: async () => `sqlite:${join(folder, `${(files += 1)}.db`)}`,
    })),
  ...shared
    .filter(({ adapter, server }) => server.available && suites.some(({ port }) => adapter[port]))
    .map(({ adapter, server }) => ({ adapter, freshUrl: () => server.freshUrl() })),
];

/** Epochs are random: each store's are called by the order in which they were seen. */
class Epochs {
  private readonly seen = new Map<string, string>();

  private name(epoch: string): string {
    const known = this.seen.get(epoch) ?? `epoch ${this.seen.size + 1}`;
    this.seen.set(epoch, known);
    return known;
  }

  /** What a caller sees of an answer, with what may rightly differ made equal. */
  plain(value: unknown): unknown {
    if (value instanceof Map)
      return [...value.keys()].sort().map((key) => [key as string, this.plain(value.get(key))]);
    if (Array.isArray(value)) return value.map((item) => this.plain(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, of]) => of !== undefined)
        .map(([key, of]) => [
          key,
          key === 'epoch' && typeof of === 'string' ? this.name(of) : this.plain(of),
        ]),
    );
  }
}

/** One store under the commands of one run. */
class Side {
  readonly clock = new ManualClock();
  private readonly epochs = new Epochs();
  private events = 0;
  readonly next = () => (this.events += 1);
  private stores: Stores = {};

  async open(adapter: Adapter, url: string, port: Port): Promise<void> {
    const only = {
      ...adapter,
      data: undefined,
      history: undefined,
      session: undefined,
      bus: undefined,
    };
    const one = { ...only, [port]: adapter[port] } as unknown as Adapter;
    this.stores = await opened(one, url, { clock: this.clock });
  }

  async answer(given: Command): Promise<unknown> {
    try {
      return this.epochs.plain(await given.run(this.stores, this));
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      return {
        error: error.name,
        ...(error instanceof VersionConflict && { current: error.current }),
      };
    }
  }

  close(): Promise<void> {
    return closed(this.stores);
  }
}

for (const { adapter, freshUrl } of subjects)
  describe(`${adapter.name} answers as memory does`, () => {
    it.each(suites.filter(({ port }) => adapter[port]))('$name', async ({ port, commands }) => {
      await fc.assert(
        fc.asyncProperty(fc.array(commands, { maxLength, size: 'max' }), async (run) => {
          const [model, subject] = [new Side(), new Side()];
          await model.open(memory, 'memory:', port);
          await subject.open(adapter, await freshUrl(), port);
          try {
            for (const given of run) {
              const [expected, actual] = [await model.answer(given), await subject.answer(given)];
              expect({ command: String(given), answer: actual }).toEqual({
                command: String(given),
                answer: expected,
              });
            }
          } finally {
            await model.close();
            await subject.close();
          }
        }),
        { numRuns, interruptAfterTimeLimit: 60_000 },
      );
    });
  });
