import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { errorTable } from '#libs/kernel';
import { openApi } from '#libs/protocol';

export interface MediaType {
  schema: object;
  example?: unknown;
  examples?: Record<string, { value: { status: number; code: string } }>;
}

export interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  parameters?: {
    name: string;
    in: string;
    required?: boolean;
    schema: object;
    example?: unknown;
  }[];
  requestBody?: { content: Record<string, MediaType> };
  responses: Record<string, { description: string; content?: Record<string, MediaType> }>;
}

/** The document as clients read it, and its schemas as JSON Schema 2020-12 has them. */
export class Described {
  readonly operations: Operation[];
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly compiled = new Map<object, ValidateFunction>();

  constructor() {
    const document = openApi('0', errorTable) as {
      paths: Record<string, Record<string, Operation>>;
      components: object;
    };
    (formats as unknown as (ajv: Ajv2020) => void)(this.ajv);
    this.ajv.addSchema({ $id: 'document', components: document.components });
    this.operations = Object.values(document.paths).flatMap((path) => Object.values(path));
  }

  operation(id: string): Operation {
    const found = this.operations.find(({ operationId }) => operationId === id);
    if (!found) throw new Error(`there is no operation ${id}`);
    return found;
  }

  /** What is wrong with a value; empty where it is of the schema. */
  faults(schema: object, value: unknown): string[] {
    let validate = this.compiled.get(schema);
    if (!validate) {
      const text = JSON.stringify(schema).replaceAll('"#/components', '"document#/components');
      validate = this.ajv.compile(JSON.parse(text) as object);
      this.compiled.set(schema, validate);
    }
    validate(value);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  }
}
