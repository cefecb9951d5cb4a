import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram } from 'prom-client';
import { Metrics } from '../../platform/metrics/metrics.js';
import { Connections, Overload } from '../../platform/ws/index.js';
import { RoomFeeds } from './room-feeds.js';

/** What chat tells Prometheus; names are in docs/operations.md. Gauges are read when scraped, not kept. */
@Injectable()
export class ChatMetrics {
  readonly appendSeconds: Histogram;
  /** Appends that were made and not answered yet. */
  appendsWaiting = 0;
  /** Appends refused because too many waited. */
  appendsRefused = 0;
  /** Appends the store gave no answer to: stored or not, a repeat tells. */
  appendsFailed = 0;

  constructor(metrics: Metrics, connections: Connections, overload: Overload, feeds: RoomFeeds) {
    const registers = [metrics.registry];
    this.appendSeconds = new Histogram({
      name: 'maxiaoke_append_seconds',
      help: 'From an append to its durable acknowledgement',
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    });
    new Gauge({
      name: 'maxiaoke_connections',
      help: 'Open WebSocket connections',
      registers,
      collect() {
        this.set(connections.size);
      },
    });
    new Gauge({
      name: 'maxiaoke_queued_bytes',
      help: 'Bytes waiting in the queues of all connections',
      registers,
      collect() {
        this.set(overload.queuedBytes);
      },
    });
    new Gauge({
      name: 'maxiaoke_queued_bytes_max',
      help: 'Bytes in the queues of all connections above which the slowest are closed',
      registers,
      collect() {
        this.set(overload.maxQueued);
      },
    });
    new Gauge({
      name: 'maxiaoke_memory_limit_bytes',
      help: 'Memory this process may use; at 90 % of it no new connection is let in',
      registers,
      collect() {
        this.set(overload.memoryLimit);
      },
    });
    new Counter({
      name: 'maxiaoke_connections_refused_total',
      help: 'Connections refused with 503 because of what is queued or the memory',
      labelNames: ['reason'],
      registers,
      collect() {
        this.reset();
        for (const [reason, count] of Object.entries(overload.refused)) this.inc({ reason }, count);
      },
    });
    new Counter({
      name: 'maxiaoke_slow_closed_total',
      help: 'Connections closed with 3008, for their own queue or because all together were too much',
      labelNames: ['bound'],
      registers,
      collect() {
        this.reset();
        this.inc({ bound: 'all' }, overload.shed);
        // Those shed are counted as slow only when their sockets are gone.
        this.inc({ bound: 'connection' }, Math.max(0, connections.slow - overload.shed));
      },
    });
    const counts = this as Pick<this, 'appendsWaiting' | 'appendsRefused' | 'appendsFailed'>;
    new Gauge({
      name: 'maxiaoke_appends_waiting',
      help: 'Appends that were made and not answered yet',
      registers,
      collect() {
        this.set(counts.appendsWaiting);
      },
    });
    new Counter({
      name: 'maxiaoke_appends_refused_total',
      help: 'Appends refused with 503 or 108 because too many waited for the store',
      registers,
      collect() {
        this.reset();
        this.inc(counts.appendsRefused);
      },
    });
    new Counter({
      name: 'maxiaoke_appends_failed_total',
      help: 'Appends answered with 503 or 108 because the store could not be reached',
      registers,
      collect() {
        this.reset();
        this.inc(counts.appendsFailed);
      },
    });
    new Gauge({
      name: 'maxiaoke_rooms_live',
      help: 'Rooms somebody here listens to',
      registers,
      collect() {
        this.set(feeds.size);
      },
    });
    new Counter({
      name: 'maxiaoke_deliveries_total',
      help: 'Events handed to connections',
      registers,
      collect() {
        this.reset();
        this.inc(feeds.deliveries);
      },
    });
  }
}
