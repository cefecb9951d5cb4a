import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** The process's metrics, default ones (CPU, memory, event loop delay) included. */
@Injectable()
export class Metrics implements OnApplicationShutdown {
  readonly registry = new Registry();
  readonly http = new Histogram({
    name: 'maxiaoke_http_seconds',
    help: 'HTTP requests by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2.5],
    registers: [this.registry],
  });
  readonly commitEvents = new Histogram({
    name: 'maxiaoke_commit_events',
    help: 'Events that one commit of the history carried',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry, prefix: 'maxiaoke_' });
  }

  onApplicationShutdown(): void {
    this.registry.clear();
  }
}
