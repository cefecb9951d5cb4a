import { problem } from './http/common.js';
import type { Contract } from './http/contract.js';

/** Codes of errors with what HTTP says of each. */
export type ErrorTable = Readonly<Record<string, { status: number; title: string }>>;

/** Codes that every operation of this kind may answer with. */
function usualCodes(contract: Contract): string[] {
  const { params, query, body, streams, ifMatch, idempotent, method, access } = contract;
  const reads = method === 'GET';
  return [
    ...(query && 'cursor' in query.shape ? ['bad_cursor'] : []),
    ...(body || idempotent ? ['malformed'] : []),
    ...(access === 'signed-in' ? ['unauthenticated'] : []),
    ...['bad_token', 'token_expired'],
    ...(params ? ['not_found'] : []),
    ...(idempotent ? ['in_progress', 'idempotency_mismatch'] : []),
    ...(ifMatch ? ['version_conflict'] : []),
    ...(ifMatch === 'required' ? ['precondition_required'] : []),
    ...(body && !streams ? ['too_large', 'not_json'] : []),
    ...(params || query || body ? ['invalid'] : []),
    ...(reads ? [] : ['rate_limited']),
    'unavailable',
  ];
}

/** The problems of an operation by status, an example of each code. */
export function problemAnswers(
  contract: Contract,
  more: readonly string[],
  errors: ErrorTable,
): Record<string, object> {
  const instance = `/api/v1/${contract.path}`;
  const answers: Record<string, { description: string; examples: Record<string, object> }> = {};
  for (const code of new Set([...usualCodes(contract), ...more])) {
    const { status, title } = errors[code] ?? { status: 500, title: code };
    const value = {
      type: `urn:maxiaoke:problem:${code}`,
      ...{ title, status, detail: title, instance, code },
      ...(code === 'invalid' && { errors: [{ path: '/title', message: 'Invalid input' }] }),
    };
    const answer = (answers[status] ??= { description: '', examples: {} });
    answer.description += `${answer.description && '; '}${title}`;
    answer.examples[code] = { value };
  }
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description, examples }]) => [
      status,
      { description, content: { 'application/problem+json': { schema: problem, examples } } },
    ]),
  );
}
