import type { Migration } from '../../_sql/dialect.js';
import { sql as catalogue } from './0001-catalogue.js';
import { sql as history } from './0002-history.js';
import { sql as indexes } from './0003-indexes.js';
import { sql as portable } from './0004-portable-catalogue.js';
import { sql as portableHistory } from './0005-portable-history.js';
import { sql as logInOrder } from './0006-log-in-order.js';
import { sql as searchDocuments } from './0007-search-documents.js';
import { statements as trends } from './0008-trends.js';

/** Forward only: the n-th brings a database from version n-1 to n. Never changed once released. */
export const migrations: readonly Migration<string>[] = [
  { name: '0001-catalogue', statements: [catalogue] },
  { name: '0002-history', statements: [history] },
  { name: '0003-indexes', statements: [indexes] },
  { name: '0004-portable-catalogue', statements: [portable] },
  { name: '0005-portable-history', statements: [portableHistory] },
  { name: '0006-log-in-order', statements: [logInOrder] },
  { name: '0007-search-documents', statements: [searchDocuments] },
  { name: '0008-trends', statements: trends },
];
