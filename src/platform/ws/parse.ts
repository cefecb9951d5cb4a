import { AppError } from '#libs/kernel';
import { commandSchemas, type Verb, verbs } from '#libs/protocol';
import { fieldErrors } from '../http/input.js';
import type { Command } from './command.js';

/** A frame that is not the protocol at all: its connection is closed with 3501. */
export class BadFrame extends Error {}

/** A pong, or a command; a command that cannot be understood carries the error to answer it with. */
export type Parsed = { pong: true } | { command: Command } | { id: number; error: AppError };

const known: ReadonlySet<string> = new Set(verbs);

/** Reads one frame: JSON commands, one a line. @throws BadFrame */
export function parseFrame(text: string): Parsed[] {
  return text.includes('\n')
    ? text.split('\n').flatMap((line) => (line === '' ? [] : [parseLine(line)]))
    : [parseLine(text)];
}

function parseLine(line: string): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new BadFrame('not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new BadFrame('not an object');
  const fields = Object.keys(value);
  if (fields.length === 0) return { pong: true };
  const { id = 0 } = value as { id?: unknown };
  if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id > 0xffffffff) {
    throw new BadFrame('id is not an unsigned 32-bit integer');
  }
  const given = fields.filter((field) => field !== 'id');
  const [verb] = given;
  if (given.length !== 1 || verb === undefined) throw new BadFrame('not exactly one verb');
  if (!known.has(verb)) {
    return {
      id,
      error: new AppError(
        'method_not_found',
        `unknown verb ${verb.slice(0, 40)}; known are ${verbs.join(', ')}`,
      ),
    };
  }
  const result = commandSchemas[verb as Verb].safeParse((value as Record<string, unknown>)[verb]);
  if (!result.success) return { id, error: invalid(fieldErrors(result.error)) };
  return { command: { id, verb, params: result.data } };
}

export function invalid(errors: ReturnType<typeof fieldErrors>): AppError {
  return new AppError(
    'invalid',
    errors.map(({ path, message }) => `${path || '/'}: ${message}`).join('; '),
    { errors },
  );
}
