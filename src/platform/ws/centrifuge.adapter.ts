import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { INestApplication, WebSocketAdapter, WsMessageHandler } from '@nestjs/common';
import { isObservable, lastValueFrom } from 'rxjs';
import { type WebSocket, WebSocketServer } from 'ws';
import { Clock, newId } from '#libs/kernel';
import { disconnects } from '#libs/protocol';
import { ENV, type Env } from '../../env.js';
import { Lifecycle } from '../lifecycle.js';
import { type CommandHandler, Tracing } from '../tracing/tracing.js';
import type { Command } from './command.js';
import { Connection, type ConnectionOwner } from './connection.js';
import { Connections } from './connections.js';
import { originAllowed } from './origin.js';
import { Overload } from './overload.js';
import { BadFrame, type Parsed, parseFrame } from './parse.js';

export const path = '/connection/websocket';

/** Commands of one connection under way at once; what comes above it waits, and nothing more is read from its socket. */
const maxInFlight = 256;

/** When a client that was refused under load should try again, seconds. */
const overloadedSeconds = 5;

/** Takes the socket from `ws` once it has shaken hands; frames are read by `Wire`. */
class Upgraded {
  socket: Socket | undefined;
  head: Buffer = Buffer.alloc(0);

  setSocket(socket: Socket, head: Buffer): void {
    this.socket = socket;
    this.head = head;
  }
}

/**
 * Brings the Centrifuge client protocol (JSON) into Nest gateways: a verb is a message pattern, its
 * handler gets `(connection, command)` and returns the result, `undefined` where it replied itself.
 * Source of the protocol: https://centrifugal.dev/docs/transports/client_protocol
 *
 * Nest binds every handler to every client; here it is shown one client, this adapter's own, and
 * `Verb` hands the connection over with each command.
 */
export class CentrifugeAdapter
  implements WebSocketAdapter<WebSocketServer, object>, ConnectionOwner
{
  private readonly http: Server;
  private readonly connections: Connections;
  private readonly clock: Clock;
  private readonly lifecycle: Lifecycle;
  private readonly overload: Overload;
  private readonly tracing: Tracing;
  private readonly origins: readonly string[];
  private readonly handlers = new Map<string, CommandHandler>();

  constructor(app: INestApplication) {
    this.http = app.getHttpServer() as Server;
    this.connections = app.get(Connections);
    this.clock = app.get(Clock);
    this.lifecycle = app.get(Lifecycle);
    this.overload = app.get(Overload);
    this.tracing = app.get(Tracing);
    this.origins = app.get<Env>(ENV).PUBLIC_ORIGIN ?? [];
  }

  create(): WebSocketServer {
    const server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      WebSocket: Upgraded as unknown as typeof WebSocket,
    });
    this.http.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      const refusal = this.refusal(request);
      if (refusal) {
        socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      server.handleUpgrade(request, socket, head, (upgraded) =>
        this.accept(upgraded as unknown as Upgraded),
      );
    });
    return server;
  }

  bindClientConnect(_server: WebSocketServer, callback: (client: object) => void): void {
    callback(this);
  }

  bindMessageHandlers(_client: object, handlers: WsMessageHandler[]): void {
    for (const { message, callback } of handlers)
      this.handlers.set(String(message), this.tracing.command(String(message), callback));
  }

  async close(server: WebSocketServer): Promise<void> {
    server.close();
  }

  /** Nest calls it last; the connections are gone by then, and the HTTP server is not this adapter's. */
  async dispose(): Promise<void> {
    // Nothing is held beside what `close` ends.
  }

  received(connection: Connection, message: string): void {
    try {
      for (const parsed of parseFrame(message)) {
        if (connection.closed) return;
        if (connection.inFlight < maxInFlight && !connection.waiting) this.take(connection, parsed);
        else (connection.waiting ??= []).push(parsed);
      }
    } catch (error) {
      if (!(error instanceof BadFrame)) throw error;
      connection.close(disconnects.badRequest);
    }
  }

  gone(connection: Connection): void {
    this.connections.remove(connection);
  }

  private refusal(request: IncomingMessage): string | undefined {
    if (request.url?.split('?')[0] !== path) return '404 Not Found';
    if (this.lifecycle.draining) return unavailable(1);
    if (!originAllowed(request, this.origins)) return '403 Forbidden';
    if (this.overload.refuses()) return unavailable(overloadedSeconds);
    return undefined;
  }

  private accept({ socket, head }: Upgraded): void {
    if (!socket) return;
    const { flusher } = this.connections;
    const connection = new Connection(newId(), this.clock.now(), socket, flusher, this);
    this.connections.add(connection);
    connection.start(head);
  }

  private take(connection: Connection, parsed: Parsed): void {
    if ('pong' in parsed) connection.awaitingPong = false;
    else if ('error' in parsed) connection.fail(parsed.id, parsed.error);
    else void this.dispatch(connection, parsed.command);
  }

  private async dispatch(connection: Connection, command: Command): Promise<void> {
    // The first command must be connect, once; others may be sent behind it without waiting.
    const { id, verb } = command;
    const closing = connection.admit(verb);
    if (closing) return connection.close(closing);
    if ((connection.inFlight += 1) === maxInFlight) connection.pause();
    if (verb !== 'connect' && !connection.connected) await connection.connecting;
    if (!connection.closed) {
      const work = this.handlers.get(verb)?.(command, connection) as Promise<unknown>;
      if (verb === 'connect') connection.connecting = work.then(() => connected(connection));
      let result = await work;
      // Where an interceptor stands in between, Nest answers with an observable of the result.
      if (isObservable(result)) result = await lastValueFrom(result, { defaultValue: undefined });
      if (result !== undefined) connection.reply(id, verb, result as object);
    }
    connection.inFlight -= 1;
    if (connection.waiting) this.goOn(connection, connection.waiting);
    else if (connection.inFlight === maxInFlight - 1) connection.resume();
    if (connection.inFlight === 0) connection.idle();
  }

  private goOn(connection: Connection, waiting: Parsed[]): void {
    connection.waiting = undefined;
    for (const [at, parsed] of waiting.entries()) {
      if (connection.closed) return;
      if (connection.inFlight >= maxInFlight) {
        connection.waiting = waiting.slice(at);
        return;
      }
      this.take(connection, parsed);
    }
    if (connection.inFlight < maxInFlight) connection.resume();
  }
}

const unavailable = (retryAfter: number): string =>
  `503 Service Unavailable\r\nRetry-After: ${retryAfter}`;

function connected(connection: Connection): void {
  connection.connected = true;
  connection.connecting = undefined;
}
