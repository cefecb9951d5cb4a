import type { Migration } from '../../_sql/dialect.js';
import { statements as catalogue } from './0001-catalogue.js';
import { statements as history } from './0002-history.js';
import { statements as sessions } from './0003-sessions.js';
import { statements as searchDocuments } from './0004-search-documents.js';

/** Forward only: the n-th brings a database from version n-1 to n. Never changed once released. */
export const migrations: readonly Migration[] = [
  { name: '0001-catalogue', statements: catalogue },
  { name: '0002-history', statements: history },
  { name: '0003-sessions', statements: sessions },
  { name: '0004-search-documents', statements: searchDocuments },
];
