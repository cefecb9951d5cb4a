import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { DocsController } from './docs/docs.controller.js';
import { HealthController } from './health/health.controller.js';
import { CachedInterceptor } from './http/cached.js';
import { IdempotencyInterceptor } from './http/idempotency.interceptor.js';
import { ProblemFilter } from './http/problem.filter.js';
import { RateLimitGuard } from './http/rate-limit.js';
import { ResponseCache } from './http/response-cache.js';
import { Lifecycle } from './lifecycle.js';
import { Metrics } from './metrics/metrics.js';

/** What every process has, whatever it serves. */
@Global()
@Module({
  controllers: [DocsController, HealthController],
  providers: [
    Lifecycle,
    Metrics,
    ResponseCache,
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_GUARD, useClass: RateLimitGuard },
    { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
    { provide: APP_INTERCEPTOR, useClass: CachedInterceptor },
  ],
  exports: [Lifecycle, Metrics, ResponseCache],
})
export class PlatformModule {}
