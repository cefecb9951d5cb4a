import { courseExamples } from './course-examples.js';
import type { OperationExamples } from './operation-examples.js';
import { peopleExamples } from './people-examples.js';

/** By operation id. */
export const examples: Readonly<Partial<Record<string, OperationExamples>>> = {
  ...courseExamples,
  ...peopleExamples,
};
