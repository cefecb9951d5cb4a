import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
} from 'zod-openapi';
import { examples } from './examples/index.js';
import type { OperationExamples } from './examples/operation-examples.js';
import type { Contract } from './http/contract.js';
import { contracts } from './http/index.js';
import { type ErrorTable, problemAnswers } from './problems.js';

const entityTag = z
  .string()
  .meta({ description: 'The ETag of what is changed; 412 where it changed meanwhile' });
const ifMatch = {
  required: z.object({ 'If-Match': entityTag }),
  optional: z.object({ 'If-Match': entityTag.optional() }),
};
const idempotencyKey = z.object({
  'Idempotency-Key': z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/)
    .optional()
    .meta({
      description:
        'A repeat with the same key gets the first answer, for 24 hours; with another body 422, while the first is under way 409',
    }),
});

/** The bodies an operation takes, by media type. */
function requestBody(
  { streams, body }: Contract,
  example: unknown,
): Record<string, { schema: z.ZodType; example: unknown }> | undefined {
  if (streams) {
    const texts = example as Record<string, string> | undefined;
    return Object.fromEntries(
      streams.map((type) => [type, { schema: z.string(), example: texts?.[type] }]),
    );
  }
  return body && { 'application/json': { schema: body, example } };
}

/** What it answers when all goes well. */
function answers(contract: Contract, given: OperationExamples | undefined) {
  const { summary: description, produces = ['application/json'], responses, method } = contract;
  const whole = Object.entries(responses).map(([status, schema]): [string, object] => {
    const example = given?.responses[Number(status)];
    const content = Object.fromEntries(produces.map((type) => [type, { schema, example }]));
    return [status, { description, ...(schema && { content }) }];
  });
  const notModified = { description: 'Unchanged: its ETag is the one of If-None-Match' };
  const cached = method === 'GET' && contract.produces === undefined;
  return { ...Object.fromEntries(whole), ...(cached && { 304: notModified }) };
}

function operation(contract: Contract, errors: ErrorTable): ZodOpenApiOperationObject {
  const { id, tag, summary, access, params, query } = contract;
  const given = examples[id];
  const content = requestBody(contract, given?.body);
  const header = contract.ifMatch
    ? ifMatch[contract.ifMatch]
    : contract.idempotent
      ? idempotencyKey
      : undefined;
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
      ...answers(contract, given),
      ...problemAnswers(contract, given?.problems ?? [], errors),
    },
  };
}

const headerExamples = {
  'If-Match': '"3.6Yt0b5zqXk"',
  'Idempotency-Key': '0199b3a4-7c00-7aaa-8f00-2f1c5d9e00aa',
};

/** Parameters are made of their schemas: what they are like is added to what was made. */
function withParameterExamples(document: { paths?: object }): object {
  for (const path of Object.values(document.paths ?? {}))
    for (const made of Object.values(path as Record<string, Made>)) {
      const { params, query } = examples[made.operationId] ?? {};
      for (const parameter of made.parameters ?? []) {
        const example = { ...headerExamples, ...params, ...query }[parameter.name];
        if (example !== undefined) parameter.example = example;
      }
    }
  return document;
}

interface Made {
  operationId: string;
  parameters?: { name: string; example?: unknown }[];
}

const tags: readonly Contract['tag'][] = ['identity', 'courses', 'recommendations', 'rooms'];

/** OpenAPI 3.1 of every contract, from the schemas that validate. */
export function openApi(
  version: string,
  errors: ErrorTable,
  served: (tag: Contract['tag']) => boolean = () => true,
): object {
  const paths: ZodOpenApiPathsObject = {};
  for (const contract of contracts) {
    if (!served(contract.tag)) continue;
    const path = `/api/v1/${contract.path.replace(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [contract.method.toLowerCase()]: operation(contract, errors) };
  }
  const document = createDocument({
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
  return withParameterExamples(document);
}
