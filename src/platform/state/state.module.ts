import { type DynamicModule, Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Clock, type Logger, SystemClock } from '#libs/kernel';
import { DataStore, EventBus, HistoryStore, SessionStore, type Store } from '#libs/state';
import { ENV, type Env } from '../../env.js';
import { LOGGER } from '../logging/logger.js';
import { Metrics } from '../metrics/metrics.js';
import { Tracing } from '../tracing/tracing.js';
import { openStores, type Stores } from './stores.js';

const STORES = Symbol('stores');

const port = <T>(
  token: abstract new (...args: never[]) => T,
  name: keyof Stores,
  tracing: Tracing,
) => ({
  provide: token,
  inject: [STORES],
  useFactory: (stores: Stores) => tracing.store<Store>(name, stores[name]),
});

/** Configuration, clock, logger and the four ports. Opened before anything is built on them, closed after all have stopped. */
@Global()
@Module({})
export class StateModule implements OnApplicationShutdown {
  constructor(
    private readonly data: DataStore,
    private readonly history: HistoryStore,
    private readonly session: SessionStore,
    private readonly bus: EventBus,
    private readonly tracing: Tracing,
  ) {}

  static for(env: Env, logger: Logger, tracing: Tracing): DynamicModule {
    return {
      module: StateModule,
      providers: [
        { provide: ENV, useValue: env },
        { provide: LOGGER, useValue: logger },
        { provide: Tracing, useValue: tracing },
        { provide: Clock, useClass: SystemClock },
        {
          provide: STORES,
          inject: [Clock, Metrics],
          useFactory: (clock: Clock, { commitEvents }: Metrics) =>
            openStores({ env, clock, logger, onCommit: (events) => commitEvents.observe(events) }),
        },
        port(DataStore, 'data', tracing),
        port(HistoryStore, 'history', tracing),
        port(SessionStore, 'session', tracing),
        port(EventBus, 'bus', tracing),
      ],
      exports: [ENV, LOGGER, Clock, Tracing, DataStore, HistoryStore, SessionStore, EventBus],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    for (const store of [this.bus, this.session, this.history, this.data]) await store.close();
    await this.tracing.close();
  }
}
