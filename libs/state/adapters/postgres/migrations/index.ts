import type { Migration } from '../../_sql/dialect.js';
import { statements as catalogue } from './0001-catalogue.js';

/** Forward only: the n-th brings a database from version n-1 to n. Never changed once released. */
export const migrations: readonly Migration[] = [{ name: '0001-catalogue', statements: catalogue }];
