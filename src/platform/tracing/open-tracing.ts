import type { Logger } from '#libs/kernel';
import type { Env } from '../../env.js';
import { Tracing } from './tracing.js';

/** The SDK is loaded only where OTEL_EXPORTER_OTLP_ENDPOINT says that there is somebody to tell. */
export async function openTracing(env: Env, logger: Logger): Promise<Tracing> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = env;
  if (endpoint === undefined) return new Tracing();
  const { OtelTracing } = await import('./otel-tracing.js');
  return new OtelTracing({
    endpoint,
    service: env.OTEL_SERVICE_NAME,
    ratio: env.OTEL_TRACES_SAMPLER_ARG,
    logger,
  });
}
