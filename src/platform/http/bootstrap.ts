import { createServer, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '#libs/kernel';
import { AppModule } from '../../app.module.js';
import type { Env } from '../../env.js';
import { Lifecycle } from '../lifecycle.js';
import { createLogger, NestLogger } from '../logging/logger.js';
import { Metrics } from '../metrics/metrics.js';
import { openTracing } from '../tracing/open-tracing.js';
import type { Tracing } from '../tracing/tracing.js';
import { CentrifugeAdapter } from '../ws/index.js';
import { asAppError, sendProblem } from './problem.filter.js';
import { requestIdOf } from './request-id.js';
import { ResponseCache } from './response-cache.js';

const bodyLimit = 1024 * 1024;

/** Media types whose bodies reach the handler as streams. */
const streamed = ['text/csv', 'application/x-ndjson'];

/** The pages of /api/docs need their own scripts and inline styles; nothing comes from elsewhere. */
const contentSecurityPolicy = {
  directives: {
    defaultSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    frameAncestors: ["'none'"],
    upgradeInsecureRequests: null,
  },
};

/** The whole application on Fastify, ready to listen. */
export async function createApp(env: Env): Promise<NestFastifyApplication> {
  const traces: { to?: Tracing } = {};
  const logger = createLogger(
    env,
    env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined ? undefined : () => traces.to?.logFields() ?? {},
  );
  const tracing = (traces.to = await openTracing(env, logger));
  // Filled once the application is up: the server is made before its modules are.
  const early: { cache?: ResponseCache; lifecycle?: Lifecycle } = {};
  const adapter = new FastifyAdapter({
    bodyLimit,
    trustProxy: true,
    // What comes on a connection that is still open is served: the stores close after the last answer.
    return503OnClosing: false,
    genReqId: requestIdOf,
    routerOptions: { maxParamLength: 512 },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(asAppError(error), request, reply),
    clientErrorHandler: refuseBrokenRequest,
    serverFactory: (handler: RequestListener) => {
      const server = createServer(
        { keepAliveTimeout: 65_000, requestTimeout: 300_000 },
        (request, response) => {
          const route = (): void => handler(request, response);
          // Who keeps a connection to a process that stops learns to open the next one elsewhere.
          if (early.lifecycle?.draining || !server.listening) response.shouldKeepAlive = false;
          // Before Fastify sees the request; once the server closes, Fastify ends the connections.
          tracing.request(request, response, () => {
            if (early.cache && server.listening) early.cache.serve(request, response, route);
            else route();
          });
        },
      );
      return server;
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.for(env, logger, tracing),
    adapter,
    {
      logger: new NestLogger(logger),
      abortOnError: false,
      // Fastify's own parser reads JSON; Nest would add one for forms, which nothing here takes.
      bodyParser: false,
    },
  );
  const fastify = adapter.getInstance();
  for (const type of streamed)
    fastify.addContentTypeParser(type, (_request, payload, done) => done(null, payload));
  fastify.removeContentTypeParser('text/plain');
  await app.register(helmet, {
    contentSecurityPolicy,
    crossOriginResourcePolicy: { policy: 'cross-origin' },
  });
  // CORS brings a route of its own, which Nest and its error handler do not see.
  fastify.addHook('onRoute', (route) => {
    if (route.method === 'OPTIONS')
      route.errorHandler = (error, request, reply) =>
        sendProblem(asAppError(error), request, reply);
  });
  await app.register(cors, {
    origin: env.PUBLIC_ORIGIN ?? false,
    exposedHeaders: [
      'ETag',
      'Link',
      'Location',
      'RateLimit',
      'RateLimit-Policy',
      'Retry-After',
      'X-Request-Id',
    ],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  });
  tracing.attach(fastify);
  const metrics = app.get(Metrics);
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('X-Request-Id', request.id);
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const { method } = request;
    const route = request.routeOptions.url ?? 'unknown';
    metrics.http.observe({ method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    logger.debug(
      {
        requestId: request.id,
        method,
        url: request.url,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'request',
    );
    done();
  });
  app.setGlobalPrefix('api/v1', {
    exclude: [
      '/',
      'health/live',
      'health/ready',
      'metrics',
      'api/docs',
      'api/docs/:asset',
      'api/openapi.json',
      'api/asyncapi.json',
    ],
  });
  if (env.MODULES.includes('chat')) app.useWebSocketAdapter(new CentrifugeAdapter(app));
  await app.init();
  early.cache = app.get(ResponseCache);
  early.lifecycle = app.get(Lifecycle);
  return app;
}

/** A request that is not HTTP gets an answer before its connection is closed. */
function refuseBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? 431
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? 408
        : 400;
  const problem = new AppError('malformed', 'the request is not well-formed HTTP');
  const body = JSON.stringify({
    type: 'urn:maxiaoke:problem:malformed',
    title: problem.message,
    status,
    detail: problem.message,
    instance: '',
    code: 'malformed',
  });
  socket.end(
    `HTTP/1.1 ${status} ${status === 400 ? 'Bad Request' : 'Refused'}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
