import { sql as catalogue } from './0001-catalogue.js';
import { sql as history } from './0002-history.js';
import { sql as indexes } from './0003-indexes.js';

/** Forward only: the n-th brings a database from version n-1 to n. Never changed once released. */
export const migrations: readonly string[] = [catalogue, history, indexes];
