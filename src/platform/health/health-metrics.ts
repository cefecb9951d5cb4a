import { Inject, Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { ENV, type Env } from '../../env.js';
import { Lifecycle } from '../lifecycle.js';
import { Metrics } from '../metrics/metrics.js';
import { version } from '../version.js';
import { StoreChecks } from './store-checks.js';

/** What /health/ready says, for Prometheus. One look at the stores a scrape, whatever the number of gauges. */
@Injectable()
export class HealthMetrics {
  constructor(
    { registry }: Metrics,
    checks: StoreChecks,
    lifecycle: Lifecycle,
    @Inject(ENV) env: Env,
  ) {
    const registers = [registry];
    new Gauge({
      name: 'maxiaoke_ready',
      help: '1 while this process should get traffic, 0 while a store is unreachable or it stops',
      registers,
      async collect() {
        const stores = Object.values(await checks.look());
        const ready = !lifecycle.draining && stores.every(({ reachable }) => reachable);
        this.set(ready ? 1 : 0);
      },
    });
    new Gauge({
      name: 'maxiaoke_store_up',
      help: '1 where the store behind this port answered within two seconds',
      labelNames: ['store', 'adapter'],
      registers,
      async collect() {
        for (const [store, { adapter, reachable }] of Object.entries(await checks.look()))
          this.set({ store, adapter }, reachable ? 1 : 0);
      },
    });
    new Gauge({
      name: 'maxiaoke_store_ping_seconds',
      help: 'The last round trip to the store behind this port',
      labelNames: ['store', 'adapter'],
      registers,
      async collect() {
        for (const [store, { adapter, latencyMs }] of Object.entries(await checks.look()))
          this.set({ store, adapter }, latencyMs / 1000);
      },
    });
    new Gauge({
      name: 'maxiaoke_draining_seconds',
      help: 'For how long this process has been stopping; 0 while it is not',
      registers,
      collect() {
        this.set(lifecycle.drainingSeconds);
      },
    });
    new Gauge({
      name: 'maxiaoke_drain_limit_seconds',
      help: 'How long stopping should take at most (DRAIN_SECONDS)',
      registers,
      collect() {
        this.set(env.DRAIN_SECONDS);
      },
    });
    new Gauge({
      name: 'maxiaoke_replicas_expected',
      help: 'How many processes should serve this deployment (REPLICAS)',
      registers,
      collect() {
        this.set(env.REPLICAS);
      },
    });
    new Gauge({
      name: 'maxiaoke_build_info',
      help: '1, with the version that runs',
      labelNames: ['version'],
      registers,
    }).set({ version }, 1);
  }
}
