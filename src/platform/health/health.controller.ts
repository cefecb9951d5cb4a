import { hostname } from 'node:os';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { DataStore, EventBus, HistoryStore, SessionStore, type Store } from '#libs/state';
import { ENV, type Env } from '../../env.js';
import { Lifecycle } from '../lifecycle.js';
import { Metrics } from '../metrics/metrics.js';
import { version } from '../version.js';

/** A store that takes longer is not one to send requests to, ms. */
const pingMs = 2000;

interface StoreHealth {
  adapter: string;
  reachable: boolean;
  durability: string;
  latencyMs: number;
  detail?: string;
}

@Controller()
export class HealthController {
  private readonly stores: Record<string, Store>;

  constructor(
    data: DataStore,
    history: HistoryStore,
    session: SessionStore,
    bus: EventBus,
    private readonly lifecycle: Lifecycle,
    private readonly metrics: Metrics,
    @Inject(ENV) private readonly env: Env,
  ) {
    this.stores = { data, history, session, bus };
  }

  @Get('health/live')
  live(): object {
    return { status: 'live', version };
  }

  @Get('health/ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const checks = await Promise.all(
      Object.entries(this.stores).map(async ([name, store]) => [name, await check(store)] as const),
    );
    const stores = Object.fromEntries(checks);
    const reachable = checks.every(([, { reachable }]) => reachable);
    const status = this.lifecycle.draining ? 'draining' : reachable ? 'ready' : 'degraded';
    reply.status(status === 'ready' ? 200 : 503).header('Cache-Control', 'no-store');
    return {
      status,
      version,
      modules: this.env.MODULES,
      replica: `${hostname()}-${process.pid}`,
      stores,
    };
  }

  @Get('metrics')
  async prometheus(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    reply.type(this.metrics.registry.contentType);
    return this.metrics.registry.metrics();
  }
}

async function check(store: Store): Promise<StoreHealth> {
  const { adapter, traits } = store;
  const started = performance.now();
  const took = () => Math.round((performance.now() - started) * 100) / 100;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>(
    (_, reject) =>
      (timer = setTimeout(() => reject(new Error(`no answer within ${pingMs} ms`)), pingMs)),
  );
  try {
    await Promise.race([store.ping(), late]);
    return { adapter, reachable: true, durability: traits.durability, latencyMs: took() };
  } catch (error) {
    return {
      adapter,
      reachable: false,
      durability: traits.durability,
      latencyMs: took(),
      detail: (error as Error).message,
    };
  } finally {
    clearTimeout(timer);
  }
}
