import type { EventBus } from './bus/event-bus.js';
import type { DataStore } from './data/data-store.js';
import type { HistoryStore } from './history/history-store.js';
import type { SessionStore } from './session/session-store.js';
import type { StoreOptions } from './store.js';

/** One store technology: the URL schemes it answers to and the ports it serves. */
export interface Adapter {
  name: string;
  /** Without the colon, e.g. `['postgres', 'postgresql']`. */
  schemes: readonly string[];
  /** An example URL, for error messages and the reference page. */
  example: string;
  /** Several processes may use one URL at once. */
  shared: boolean;
  data?: (options: StoreOptions) => DataStore;
  history?: (options: StoreOptions) => HistoryStore;
  session?: (options: StoreOptions) => SessionStore;
  bus?: (options: StoreOptions) => EventBus;
}

export type Port = 'data' | 'history' | 'session' | 'bus';
export const ports: readonly Port[] = ['data', 'history', 'session', 'bus'];

export const schemeOf = (url: string): string =>
  /^[a-z][a-z0-9+.-]*(?=:)/i.exec(url)?.[0].toLowerCase() ?? '';
