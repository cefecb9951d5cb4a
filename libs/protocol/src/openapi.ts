import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
} from 'zod-openapi';
import { problem } from './http/common.js';
import type { Contract } from './http/contract.js';
import { contracts } from './http/index.js';

const ifMatch = z.object({
  'If-Match': z
    .string()
    .meta({ description: 'The ETag of what is changed; 412 where it changed meanwhile' }),
});
const idempotencyKey = z.object({
  'Idempotency-Key': z
    .string()
    .max(128)
    .optional()
    .meta({ description: 'A repeat with the same key gets the first answer' }),
});

const problemAnswer = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problem } },
});

/** Problems any operation of this kind may answer with. */
function problems(contract: Contract): Record<string, ReturnType<typeof problemAnswer>> {
  return {
    ...(contract.access === 'signed-in' && { 401: problemAnswer('No or bad token') }),
    ...(contract.params && { 404: problemAnswer('Unknown, or hidden from this caller') }),
    ...(contract.ifMatch && {
      412: problemAnswer('Changed meanwhile'),
      428: problemAnswer('If-Match required'),
    }),
    ...((contract.body ?? contract.query) && {
      422: problemAnswer('Validation failed; errors name the fields'),
    }),
    503: problemAnswer('A store does not answer; Retry-After says when to try again'),
  };
}

function operation(contract: Contract): ZodOpenApiOperationObject {
  const { id, tag, summary, access, params, query, body, responses, streams } = contract;
  const answers = Object.entries(responses).map(([status, schema]) => [
    status,
    { description: summary, ...(schema && { content: { 'application/json': { schema } } }) },
  ]);
  const content = streams
    ? Object.fromEntries(streams.map((type) => [type, { schema: z.string() }]))
    : body && { 'application/json': { schema: body } };
  const header = contract.ifMatch ? ifMatch : contract.idempotent ? idempotencyKey : undefined;
  return {
    operationId: id,
    summary,
    tags: [tag],
    security: access === 'signed-in' ? [{ token: [] }] : [{}, { token: [] }],
    requestParams: {
      ...(params && { path: params }),
      ...(query && { query }),
      ...(header && { header }),
    },
    ...(content && { requestBody: { required: true, content } }),
    responses: {
      ...Object.fromEntries(answers),
      ...problems(contract),
    } as ZodOpenApiOperationObject['responses'],
  };
}

const tags: readonly Contract['tag'][] = ['identity', 'courses', 'recommendations', 'rooms'];

/** OpenAPI 3.1 of every contract, from the schemas that validate. */
export function openApi(
  version: string,
  served: (tag: Contract['tag']) => boolean = () => true,
): object {
  const paths: ZodOpenApiPathsObject = {};
  for (const contract of contracts) {
    if (!served(contract.tag)) continue;
    const path = `/api/v1/${contract.path.replace(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [contract.method.toLowerCase()]: operation(contract) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Maxiaoke 码小课',
      version,
      description:
        'Courses, recommendations, profiles and chat for an online-course community. Chat’s WebSocket side is described at /api/asyncapi.json.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: tags.filter(served).map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  });
}
