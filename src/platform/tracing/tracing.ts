import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import type { Store } from '#libs/state';
import type { Command } from '../ws/command.js';

export type CommandHandler = (command: Command, ...more: unknown[]) => unknown;

/** Spans around work. This one makes none, and costs none: it is in force where no collector is configured. */
@Injectable()
export class Tracing {
  /** Serves a request within a span of its own, a child of what its `traceparent` names. */
  request(_request: IncomingMessage, _response: ServerResponse, serve: () => void): void {
    serve();
  }

  /** Lets spans of requests learn their route, and reach handlers past the parsing of bodies. */
  attach(_fastify: FastifyInstance): void {
    // Nothing to tell.
  }

  command(_verb: string, handler: CommandHandler): CommandHandler {
    return handler;
  }

  /** `port` is the store's name in spans: `history.append`. */
  store<S extends Store>(_port: string, store: S): S {
    return store;
  }

  /** What a log line says of the span it was written in. */
  logFields(): object {
    return {};
  }

  /** Sends what has not been sent yet, for a moment at most. */
  async close(): Promise<void> {
    // Nothing is held.
  }
}
