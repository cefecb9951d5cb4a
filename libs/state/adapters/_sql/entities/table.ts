import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';

/** `string`, `number` or `bytes`; a question mark where it may be absent, a star where it is of the key. */
type Kind = 'string' | 'number' | 'bytes';
export type Column = `${Kind}${'' | '?' | '*'}`;

/** table → column → what it holds; named as in the database */
export type Tables = Readonly<Record<string, Readonly<Record<string, Column>>>>;

export const entityOf = (
  name: string,
  columns: Readonly<Record<string, Column>>,
  bytes: 'blob' | 'bytea',
): EntitySchema =>
  new EntitySchema({
    name,
    tableName: name,
    columns: Object.fromEntries(
      Object.entries(columns).map(([column, kind]) => [column, columnOf(kind, bytes)]),
    ),
  });

function columnOf(column: Column, bytes: 'blob' | 'bytea'): EntitySchemaColumnOptions {
  const types = { string: String, number: Number, bytes };
  return {
    type: types[column.replace(/[?*]$/, '') as Kind],
    nullable: column.endsWith('?'),
    primary: column.endsWith('*'),
  };
}
