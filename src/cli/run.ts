import { AppError } from '#libs/kernel';
import { CopyConflict, CorruptRecord, StoreMisconfigured, StoreUnavailable } from '#libs/state';
import { ConfigError } from '../env.js';

/** Exit codes as sysexits.h has them. */
export const exit = {
  usage: 64,
  data: 65,
  noInput: 66,
  unavailable: 69,
  software: 70,
  io: 74,
  tempFail: 75,
  config: 78,
  /** 128 and the number of SIGINT, as shells have it. */
  interrupted: 130,
} as const;

/** An error that says what to do, and the code to leave with. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly exitCode: number,
  ) {
    super(message);
  }
}

const codeOf = (error: unknown): number | undefined => {
  if (error instanceof ConfigError || error instanceof CliError) return error.exitCode;
  if (error instanceof StoreMisconfigured) return exit.config;
  if (error instanceof StoreUnavailable) return exit.unavailable;
  if (error instanceof AppError || error instanceof CorruptRecord) return exit.data;
  if (error instanceof CopyConflict) return exit.data;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EPIPE' || code === 'ENOSPC') return exit.io;
  return code === 'EADDRINUSE' || code === 'EACCES' ? exit.unavailable : undefined;
};

/** Runs a command; an error of the user's is one clear line a problem, of ours a stack. */
export async function run(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    const code = codeOf(error);
    const text =
      code === undefined && error instanceof Error
        ? (error.stack ?? error.message)
        : describe(error);
    process.stderr.write(`maxiaoke: ${text}\n`);
    process.exit(code ?? exit.software);
  }
}

function describe(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'EADDRINUSE' ? `${message}; set PORT to a free one` : message;
}
