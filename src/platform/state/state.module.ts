import {
  Global,
  Inject,
  Module,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { Clock, type Logger, SystemClock } from '#libs/kernel';
import {
  DataStore,
  EventBus,
  HistoryStore,
  schemeOf,
  SessionStore,
  type Store,
  type StoreOptions,
} from '#libs/state';
import { adapters } from '#libs/state/adapters';
import { ENV, type Env, env } from '../../env.js';
import { LOGGER } from '../logging/logger.js';

const options = (
  config: Env,
  clock: Clock,
  logger: Logger,
  variable: keyof Env & string,
): StoreOptions => ({
  url: String(config[variable]),
  variable,
  clock,
  logger,
});

/** The configuration schema has checked that the adapter serves the port. */
const make = <P extends 'data' | 'history' | 'session' | 'bus'>(port: P, given: StoreOptions) => {
  const adapter = adapters.find(({ schemes }) => schemes.includes(schemeOf(given.url)));
  const factory = adapter?.[port];
  if (!factory) throw new Error(`no adapter serves ${port} on ${schemeOf(given.url)}`);
  return factory(given) as ReturnType<NonNullable<(typeof adapters)[number][P]>>;
};

const inject = [ENV, Clock, LOGGER];

/** The four ports, each an adapter picked by its URL. Opened before any module serves, closed after all have stopped. */
@Global()
@Module({
  providers: [
    { provide: Clock, useClass: SystemClock },
    { provide: ENV, useFactory: env },
    {
      provide: DataStore,
      inject,
      useFactory: (e: Env, c: Clock, l: Logger) => make('data', options(e, c, l, 'DATA_STORE')),
    },
    {
      provide: HistoryStore,
      inject,
      useFactory: (e: Env, c: Clock, l: Logger) =>
        make('history', options(e, c, l, 'HISTORY_STORE')),
    },
    {
      provide: SessionStore,
      inject,
      useFactory: (e: Env, c: Clock, l: Logger) =>
        make('session', options(e, c, l, 'SESSION_STORE')),
    },
    {
      provide: EventBus,
      inject,
      useFactory: (e: Env, c: Clock, l: Logger) => make('bus', options(e, c, l, 'EVENT_BUS')),
    },
  ],
  exports: [Clock, ENV, DataStore, HistoryStore, SessionStore, EventBus],
})
export class StateModule implements OnModuleInit, OnApplicationShutdown {
  private readonly stores: Store[];

  constructor(
    @Inject(DataStore) data: DataStore,
    @Inject(HistoryStore) history: HistoryStore,
    @Inject(SessionStore) session: SessionStore,
    @Inject(EventBus) bus: EventBus,
  ) {
    this.stores = [data, history, session, bus];
  }

  async onModuleInit(): Promise<void> {
    for (const store of this.stores) await store.open();
  }

  async onApplicationShutdown(): Promise<void> {
    for (const store of this.stores) await store.close();
  }
}
