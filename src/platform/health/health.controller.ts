import { hostname } from 'node:os';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ENV, type Env } from '../../env.js';
import { Lifecycle } from '../lifecycle.js';
import { Metrics } from '../metrics/metrics.js';
import { version } from '../version.js';
import { StoreChecks } from './store-checks.js';

@Controller()
export class HealthController {
  constructor(
    private readonly checks: StoreChecks,
    private readonly lifecycle: Lifecycle,
    private readonly metrics: Metrics,
    @Inject(ENV) private readonly env: Env,
  ) {}

  @Get('health/live')
  live(): object {
    return { status: 'live', version };
  }

  @Get('health/ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const stores = await this.checks.look();
    const reachable = Object.values(stores).every((store) => store.reachable);
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
