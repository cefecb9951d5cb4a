import { type FileHandle, open } from 'node:fs/promises';
import { CliError, exit } from './run.js';

export interface Input {
  stream: AsyncIterable<Buffer>;
  /** Bytes; undefined where only its end will tell. */
  size: number | undefined;
}

/** A file, or standard input where none is named. @throws CliError where there is nothing to read at `path` */
export async function openInput(path: string | undefined): Promise<Input> {
  if (path === undefined) return { stream: process.stdin, size: undefined };
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const stat = await file.stat();
    if (stat.isDirectory()) throw new Error(`${path} is a folder`);
    return { stream: file.createReadStream(), size: stat.isFile() ? stat.size : undefined };
  } catch (error) {
    await file?.close();
    throw new CliError((error as Error).message, exit.noInput);
  }
}
