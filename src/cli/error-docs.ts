import { errorTable } from '#libs/kernel';

/** The reference page docs/errors.md. */
export function errorDocs(): string {
  const rows = Object.entries(errorTable).map(
    ([code, { status, protocol, title }]) => `| \`${code}\` | ${status} | ${protocol} | ${title} |`,
  );
  return [
    '# Errors',
    '',
    'Generated from the one table of errors (`libs/kernel/src/errors.ts`); a test fails when it is stale.',
    '',
    'Over HTTP an error is `application/problem+json` with a stable `code`; over WebSocket it is the code of the protocol.',
    'Switch on these, never on a message: messages say what was wrong and what is accepted, and may change.',
    '',
    '| code | HTTP status | WebSocket code | title |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
