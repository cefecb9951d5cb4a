import { setFlagsFromString } from 'node:v8';
import type { ImportReport, TransferFormat } from '#libs/protocol';
import type { Accounts } from '#libs/state';
import {
  CourseTransfer,
  type ImportOptions,
  type ImportProgress,
  type TextEncoding,
} from '../course/index.js';
import { usernameKey } from '../identity/index.js';
import { openInput } from './input.js';
import { Progress } from './progress.js';
import { CliError, exit } from './run.js';
import { clock, withStore } from './stores.js';

export const encodings: TextEncoding[] = ['utf-8', 'utf-16le', 'utf-16be', 'gb18030'];

/**
 * Rows are garbage soon after they come. V8 would let it grow to several times what is in use before it
 * looks at what is old; a process that does nothing else need not be so large.
 */
const heapGrowingPercent = 30;

export interface ImportArguments {
  format?: TransferFormat;
  encoding?: TextEncoding;
  /** A username. */
  instructor?: string;
  fromLine?: number;
  dryRun?: boolean;
}

/** Upserts by slug from a file, or from standard input where none is named. What was stored before an end stays. */
export async function importCourses(
  path: string | undefined,
  { format, encoding, instructor, fromLine = 1, dryRun = false }: ImportArguments,
): Promise<ImportReport> {
  const source = await Source.open(path);
  setFlagsFromString(`--heap-growing-percent=${heapGrowingPercent}`);
  const progress = new Progress(process.stderr);
  let reached: ImportProgress = { rows: 0, nextLine: fromLine };
  const options: ImportOptions = {
    format: format ?? (path?.toLowerCase().endsWith('.csv') ? 'csv' : 'ndjson'),
    dryRun,
    fromLine,
    ...(encoding !== undefined && { encoding }),
    onProgress: (now) => {
      reached = now;
      progress.show(source.describe(now.rows));
    },
  };
  return withStore('data', 'DATA_STORE', 'exclusive', async (data) => {
    const as = await accountOf(data.accounts, instructor);
    try {
      const transfer = new CourseTransfer(data, clock);
      return await transfer.import(source.chunks(), {
        ...options,
        ...(as !== undefined && { as }),
      });
    } catch (error) {
      progress.say(
        `stopped: the rows before line ${reached.nextLine} are done; run it again, or go on with --from-line ${reached.nextLine}`,
      );
      throw error;
    } finally {
      progress.end();
    }
  });
}

async function accountOf(
  accounts: Accounts,
  username: string | undefined,
): Promise<string | undefined> {
  if (username === undefined) return undefined;
  const account = await accounts.byUsernameKey(usernameKey(username));
  if (account) return account.id;
  throw new CliError(`there is no user ${username}`, exit.data);
}

/** What is imported, and how far it has been read. */
class Source {
  private readonly began = performance.now();
  private passed = 0;
  private interrupted = false;

  private constructor(
    private readonly stream: AsyncIterable<Buffer>,
    /** Bytes; undefined where only its end will tell. */
    private readonly size: number | undefined,
  ) {}

  /** @throws CliError where there is nothing to read at `path` */
  static async open(path: string | undefined): Promise<Source> {
    const { stream, size } = await openInput(path);
    return new Source(stream, size);
  }

  /** @throws CliError at SIGINT; a second one ends the process */
  async *chunks(): AsyncGenerator<Uint8Array> {
    const interrupt = (): void => void (this.interrupted = true);
    process.once('SIGINT', interrupt);
    try {
      for await (const chunk of this.stream) {
        if (this.interrupted) throw new CliError('interrupted', exit.interrupted);
        this.passed += chunk.length;
        yield chunk;
      }
    } finally {
      process.off('SIGINT', interrupt);
    }
  }

  describe(rows: number): string {
    const seconds = (performance.now() - this.began) / 1000;
    const share = this.size ? `, ${Math.floor((this.passed / this.size) * 100)} %` : '';
    return `${rows} rows${share}, ${Math.round(rows / seconds)} rows/s`;
  }
}
