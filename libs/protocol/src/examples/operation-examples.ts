/** What OpenAPI shows of one operation beside its schemas. */
export interface OperationExamples {
  params?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, unknown>>;
  body?: unknown;
  /** By status; of an answer that has no body, none. */
  responses: Readonly<Record<number, unknown>>;
  /** Codes of problems that this operation answers with beside those that all of its kind do. */
  problems?: readonly string[];
}
