import type { EntitySchema } from 'typeorm';
import { catalogueTables } from './catalogue.js';
import { entityOf, type Tables } from './table.js';

/** Every table of the current schema, the same in every dialect. Their keys and indexes are in the migrations. */
export const tables: Tables = { ...catalogueTables };

/** The same for TypeORM. @param bytes the dialect's type for them */
export const entitiesOf = (bytes: 'blob' | 'bytea'): EntitySchema[] =>
  Object.entries(tables).map(([name, columns]) => entityOf(name, columns, bytes));
