import { createRequire } from 'node:module';
import type { Adapter } from '#libs/state';
import { example } from './example.js';

const load = createRequire(import.meta.url);

/** Loaded when the first of them is made: a process that keeps nothing here does not carry the driver. */
const stores = () => load('./stores.js') as typeof import('./stores.js');

/** MariaDB 10.6 or MySQL 8.0.17 and newer. */
export const mysql: Adapter = {
  name: 'mysql',
  schemes: ['mysql', 'mariadb'],
  example,
  shared: true,
  data: (options) => stores().data(options),
  history: (options) => stores().history(options),
  session: (options) => stores().session(options),
};
