import type { Migration } from '../../_sql/dialect.js';
import { statements as catalogue } from './0001-catalogue.js';
import { statements as history } from './0002-history.js';
import { statements as sessions } from './0003-sessions.js';
import { statements as searchDocuments } from './0004-search-documents.js';

/**
 * Forward only: the n-th brings a database from version n-1 to n. Never changed once released. The
 * server commits each statement by itself, so every one can be run again.
 * @param bin the collation that compares bytes and does not ignore spaces at the end
 */
export const migrationsFor = (bin: string): readonly Migration[] => [
  { name: '0001-catalogue', statements: catalogue(bin) },
  { name: '0002-history', statements: history(bin) },
  { name: '0003-sessions', statements: sessions(bin) },
  { name: '0004-search-documents', statements: searchDocuments(bin) },
];
