import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { type Logger } from '#libs/kernel';
import { disconnects } from '#libs/protocol';
import { ENV, type Env } from '../../env.js';
import { LOGGER } from '../logging/logger.js';
import type { Connection } from './connection.js';
import { Connections } from './connections.js';

const MiB = 1024 * 1024;
/** How often queues and memory are looked at, ms. */
const everyMs = 100;
/** Part of the memory, or of what V8 may use of it, at which nobody new is let in. */
const fullAt = 0.9;
/** Part of the memory that may be queued where nothing else is set. */
const queuedPart = 1 / 8;
/** Down to which part of their bound queues are brought when they are over it. */
const relievedTo = 0.8;

export type Refusal = 'queued' | 'memory';

/**
 * Bounds what all clients together cost this process. A bound per connection alone does not: ten
 * thousand that are a little slow are as much as the machine has. Over the bound on queued bytes the
 * slowest are closed (they resume, without a loss, when they read again); over it, or near the end of
 * the memory, new connections are refused with a hint to come back.
 */
@Injectable()
export class Overload implements OnModuleInit, OnApplicationShutdown {
  /** Why new connections are refused; undefined while they are not. */
  refusing: Refusal | undefined;
  /** Connections closed because all queues together were over their bound. */
  shed = 0;
  readonly refused: Record<Refusal, number> = { queued: 0, memory: 0 };
  readonly memoryLimit: number;
  readonly maxQueued: number;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly connections: Connections,
    @Inject(ENV) env: Env,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.memoryLimit =
      env.MEMORY_LIMIT_MB === undefined ? limitOfHere() : env.MEMORY_LIMIT_MB * MiB;
    this.maxQueued =
      env.MAX_QUEUED_MB === undefined ? this.memoryLimit * queuedPart : env.MAX_QUEUED_MB * MiB;
  }

  onModuleInit(): void {
    this.look();
    this.timer = setInterval(() => this.look(), everyMs).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Whether one more connection has to be refused; counted where it is. */
  refuses(): boolean {
    if (this.refusing) this.refused[this.refusing] += 1;
    return this.refusing !== undefined;
  }

  /** Bytes waiting for clients to read them. */
  get queuedBytes(): number {
    let bytes = 0;
    for (const connection of this.connections) bytes += connection.queuedBytes;
    return bytes;
  }

  private look(): void {
    const queued = this.queuedBytes;
    if (queued > this.maxQueued) this.relieve();
    const reason = queued > this.maxQueued ? 'queued' : this.memoryIsFull() ? 'memory' : undefined;
    if (reason === this.refusing) return;
    this.refusing = reason;
    if (reason)
      this.logger.warn({ reason, queued, rss: process.memoryUsage.rss() }, 'refusing connections');
    else this.logger.info({}, 'taking connections again');
  }

  /** Closes the slowest. Those that are closed already count no more: their bytes are on their way out. */
  private relieve(): void {
    const slowest: { connection: Connection; bytes: number }[] = [];
    let open = 0;
    for (const connection of this.connections) {
      const bytes = connection.closed ? 0 : connection.queuedBytes;
      open += bytes;
      if (bytes > 0) slowest.push({ connection, bytes });
    }
    slowest.sort((one, other) => other.bytes - one.bytes);
    for (const { connection, bytes } of slowest) {
      if (open <= this.maxQueued * relievedTo) return;
      open -= bytes;
      this.shed += 1;
      connection.close(disconnects.slow);
    }
  }

  private memoryIsFull(): boolean {
    if (process.memoryUsage.rss() > this.memoryLimit * fullAt) return true;
    const { used_heap_size, heap_size_limit } = getHeapStatistics();
    return used_heap_size > heap_size_limit * fullAt;
  }
}

/** The container's limit where there is one, else the machine's memory, bytes. */
function limitOfHere(): number {
  const constrained = process.constrainedMemory();
  const machine = totalmem();
  return constrained > 0 && constrained < machine ? constrained : machine;
}
