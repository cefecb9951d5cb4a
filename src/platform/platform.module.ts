import { Global, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { DocsController } from './docs/docs.controller.js';
import { HealthController } from './health/health.controller.js';
import { HealthMetrics } from './health/health-metrics.js';
import { StoreChecks } from './health/store-checks.js';
import { VolumeMetrics } from './health/volume-metrics.js';
import { ProblemFilter } from './http/problem.filter.js';
import { ResponseCache } from './http/response-cache.js';
import { Lifecycle } from './lifecycle.js';
import { Metrics } from './metrics/metrics.js';

/** What every process has, whatever it serves. */
@Global()
@Module({
  controllers: [DocsController, HealthController],
  providers: [
    HealthMetrics,
    Lifecycle,
    Metrics,
    ResponseCache,
    StoreChecks,
    VolumeMetrics,
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
  exports: [Lifecycle, Metrics, ResponseCache],
})
export class PlatformModule {}
