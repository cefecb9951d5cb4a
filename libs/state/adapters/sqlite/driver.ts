import { createRequire } from 'node:module';
import type Database from 'better-sqlite3';

/**
 * better-sqlite3 12 runs on every Node that is supported, but from 24.19 on Node aborts when one of its
 * statements is collected (RemoveEnvironmentCleanupHook in ~Statement, WiseLibs/better-sqlite3#1515).
 * Version 13 does not, and needs Node-API 10, which no Node 20 has.
 */
const name = Number(process.versions.napi) >= 10 ? 'better-sqlite3-napi' : 'better-sqlite3';

/** The class of both versions: what is used of them is equal. */
export const Sqlite = createRequire(import.meta.url)(name) as typeof Database;
