import { CliError } from '../run.js';
import { type CopyArguments, requestOf } from './request.js';

const given = (more: Partial<CopyArguments>): CopyArguments => ({
  from: 'sqlite:./a.db',
  to: 'sqlite:./b.db',
  sessions: true,
  ...more,
});
const refusal = (more: Partial<CopyArguments>): CliError => {
  try {
    requestOf(given(more));
  } catch (error) {
    return error as CliError;
  }
  throw new Error('it was accepted');
};

describe('what state copy is asked for', () => {
  it('is one pass over history where nothing else is said and a store keeps no sessions', () => {
    expect(requestOf(given({}))).toEqual({
      history: { from: 'sqlite:./a.db', to: 'sqlite:./b.db' },
      follow: false,
      verify: false,
      mirror: false,
    });
  });

  it.each<[string, Partial<CopyArguments>, RegExp]>([
    [
      'a scheme of no adapter',
      { from: 'paper:x' },
      /^--from: no adapter keeps history on "paper:x"; accepted are sqlite:/,
    ],
    ['memory, which is another process’s', { to: 'memory:' }, /^--to: memory: is this command/],
    ['one store for both', { to: 'sqlite:./a.db' }, /^--from and --to name the same store/],
    [
      'a session store that keeps none',
      { sessionsTo: 'sqlite:./c.db' },
      /^--sessions-from: no adapter keeps sessions/,
    ],
  ])('refuses %s with 64', (_what, more, message) => {
    const { message: said, exitCode } = refusal(more);
    expect(said).toMatch(message);
    expect(exitCode).toBe(64);
  });

  it('does not show a password', () => {
    expect(refusal({ from: 'paper://me:secret@host' }).message).not.toContain('secret');
  });
});
