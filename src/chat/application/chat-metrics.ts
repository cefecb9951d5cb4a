import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram } from 'prom-client';
import { Metrics } from '../../platform/metrics/metrics.js';
import { Connections } from '../../platform/ws/index.js';
import { RoomFeeds } from './room-feeds.js';

/** What chat tells Prometheus; names are in docs/operations.md. Gauges are read when scraped, not kept. */
@Injectable()
export class ChatMetrics {
  readonly appendSeconds: Histogram;

  constructor(metrics: Metrics, connections: Connections, feeds: RoomFeeds) {
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
        let bytes = 0;
        for (const connection of connections) bytes += connection.queuedBytes;
        this.set(bytes);
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
