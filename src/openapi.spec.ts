import { errorTable } from '#libs/kernel';
import { examples } from '../libs/protocol/src/examples/index.js';
import { Described, type Operation } from './openapi.testing.js';

const described = new Described();
const exemplified = described.operations.filter(({ tags }) => !tags.includes('rooms'));

describe('the OpenAPI document', () => {
  it('has examples for every operation on courses, people and recommendations, and for no other', () => {
    const ids = exemplified.map(({ operationId }) => operationId);
    expect(Object.keys(examples).sort()).toEqual(ids.sort());
  });

  it('says what each operation is for, each in its own words', () => {
    const summaries = described.operations.map(({ summary }) => summary);
    for (const summary of summaries) expect(summary.length).toBeGreaterThan(5);
    expect(new Set(summaries).size).toBe(summaries.length);
  });

  describe.each(
    exemplified.map((operation): [string, Operation] => [operation.operationId, operation]),
  )('%s', (_, { parameters = [], requestBody, responses }) => {
    it('shows a value for what has to be given, and of the right kind', () => {
      for (const { name, in: place, required, schema, example } of parameters) {
        if (place === 'path' || required === true)
          expect([name, example]).not.toEqual([name, undefined]);
        if (example !== undefined)
          expect([name, described.faults(schema, example)]).toEqual([name, []]);
      }
    });

    it('shows a body of each type that it takes', () => {
      for (const [type, { schema, example }] of Object.entries(requestBody?.content ?? {})) {
        expect([type, example]).not.toEqual([type, undefined]);
        expect([type, described.faults(schema, example)]).toEqual([type, []]);
      }
    });

    it('shows an answer of each status, and every problem with its code', () => {
      for (const [status, { description, content = {} }] of Object.entries(responses)) {
        expect(description).not.toBe('');
        for (const [type, { schema, example, examples: problems = {} }] of Object.entries(
          content,
        )) {
          const shown =
            type === 'application/problem+json'
              ? Object.entries(problems)
              : [['', { value: example }] as const];
          expect([status, shown.length]).not.toEqual([status, 0]);
          for (const [code, { value }] of shown) {
            expect([status, code, described.faults(schema, value)]).toEqual([status, code, []]);
            if (code === '') continue;
            expect(value).toMatchObject({ code, status: Number(status) });
            expect(errorTable[code as keyof typeof errorTable].status).toBe(Number(status));
          }
        }
      }
    });
  });
});
