import type { IncomingMessage, ServerResponse } from 'node:http';
import { hostname } from 'node:os';
import {
  type Context,
  context,
  diag,
  DiagLogLevel,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import type { FastifyInstance } from 'fastify';
import type { Logger } from '#libs/kernel';
import { intercepted, type Store } from '#libs/state';
import { version } from '../version.js';
import { tracer, within } from './spans.js';
import { type CommandHandler, Tracing } from './tracing.js';

/** One attempt to send, and the last one when the process stops, take at most this, ms. */
const sendMs = 2000;
/** A collector that is away is told of once in this time, ms. */
const complaintEveryMs = 60_000;
/** Asked by machines, every few seconds: no traces of these. */
const unseen = /^\/(health\/|metrics)/;
/** Of stores, what is no work of a request. */
const apart = new Set(['open', 'close', 'ping', 'inspect', 'onGap']);
const rpcName = /^[a-z]{1,16}\.[a-z]{1,16}$/;

export interface OtelOptions {
  /** Base URL of an OTLP/HTTP receiver; traces go to /v1/traces below it. */
  endpoint: string;
  service: string;
  /** Part of the traces that begin here that are kept, 0 to 1; a caller's decision stands. */
  ratio: number;
  logger: Logger;
}

/** Spans by OpenTelemetry, sent in batches as OTLP over HTTP; what cannot be sent in time is dropped. */
export class OtelTracing extends Tracing {
  private readonly provider: NodeTracerProvider;
  private readonly contexts = new WeakMap<IncomingMessage, Context>();

  constructor({ endpoint, service, ratio, logger }: OtelOptions) {
    super();
    complainTo(logger);
    const exporter = new OTLPTraceExporter({
      url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
      timeoutMillis: sendMs,
    });
    this.provider = new NodeTracerProvider({
      resource: resourceFromAttributes({
        'service.name': service,
        'service.version': version,
        'service.instance.id': `${hostname()}-${process.pid}`,
      }),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
      spanProcessors: [new BatchSpanProcessor(exporter, { exportTimeoutMillis: sendMs })],
    });
    this.provider.register();
  }

  override request(request: IncomingMessage, response: ServerResponse, serve: () => void): void {
    const { method = 'GET', url = '/' } = request;
    const path = url.split('?')[0] ?? url;
    if (unseen.test(path)) return serve();
    const parent = propagation.extract(ROOT_CONTEXT, request.headers);
    const attributes = { 'http.request.method': method, 'url.path': path };
    const span = tracer().startSpan(method, { kind: SpanKind.SERVER, attributes }, parent);
    const here = trace.setSpan(parent, span);
    const { traceId, spanId, traceFlags } = span.spanContext();
    response.setHeader('traceresponse', `00-${traceId}-${spanId}-0${traceFlags}`);
    response.once('close', () => {
      span.setAttribute('http.response.status_code', response.statusCode);
      if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      if (!response.writableFinished) span.setAttribute('error.type', 'client_closed');
      span.end();
    });
    this.contexts.set(request, here);
    context.with(here, serve);
  }

  override attach(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request, _reply, done) => {
      const route = request.routeOptions.url;
      if (route !== undefined)
        trace
          .getActiveSpan()
          ?.updateName(`${request.method} ${route}`)
          .setAttribute('http.route', route);
      done();
    });
    // A body arrives in the connection's context, not in the request's.
    fastify.addHook('preValidation', (request, _reply, done) => {
      const here = this.contexts.get(request.raw);
      if (here) context.with(here, done);
      else done();
    });
  }

  override command(verb: string, handler: CommandHandler): CommandHandler {
    return (command, ...more) => {
      const { method } = (command.params ?? {}) as { method?: unknown };
      const known = typeof method === 'string' && rpcName.test(method);
      const name = verb === 'rpc' && known ? method : verb;
      return within(name, { 'rpc.system': 'centrifuge', 'rpc.method': name }, () =>
        handler(command, ...more),
      );
    };
  }

  /** Calls that belong to a trace; what a process does by itself, every few seconds, begins none. */
  override store<S extends Store>(port: string, store: S): S {
    return intercepted(store, (method, call) => {
      if (apart.has(method) || !trace.getActiveSpan()?.isRecording()) return call();
      return within(`${port}.${method}`, { 'db.system.name': store.adapter }, call);
    });
  }

  override logFields(): object {
    const span = trace.getActiveSpan()?.spanContext();
    return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
  }

  override async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => (timer = setTimeout(resolve, sendMs)));
    await Promise.race([this.provider.shutdown().catch(() => undefined), enough]);
    clearTimeout(timer);
    // The API is the process's: what comes after, in a test's next application, begins anew.
    trace.disable();
    context.disable();
    propagation.disable();
    diag.disable();
  }
}

/** What the SDK has to say about itself, most of all that the collector is away, at most once a minute. */
function complainTo(logger: Logger): void {
  let silentUntil = 0;
  const complain = (message: string): void => {
    const now = performance.now();
    if (now < silentUntil) return;
    silentUntil = now + complaintEveryMs;
    logger.warn({ detail: message }, 'traces cannot be sent; they are dropped');
  };
  const ignore = (): void => undefined;
  diag.setLogger(
    { error: complain, warn: complain, info: ignore, debug: ignore, verbose: ignore },
    DiagLogLevel.WARN,
  );
}
