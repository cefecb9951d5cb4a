import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { INestApplication, WebSocketAdapter, WsMessageHandler } from '@nestjs/common';
import { isObservable, lastValueFrom } from 'rxjs';
import { type WebSocket, WebSocketServer } from 'ws';
import { Clock, newId } from '#libs/kernel';
import { disconnects, maxFrameBytes } from '#libs/protocol';
import { ENV, type Env } from '../../env.js';
import { Lifecycle } from '../lifecycle.js';
import { type Command, Connection } from './connection.js';
import { Connections } from './connections.js';
import { originAllowed } from './origin.js';
import { BadFrame, parseFrame } from './parse.js';

export const path = '/connection/websocket';

/** Commands of one connection under way at once; above it nothing more is read from its socket. */
const maxInFlight = 256;

type Handlers = Map<string, WsMessageHandler['callback']>;

/**
 * Brings the Centrifuge client protocol (JSON) into Nest gateways: a verb is a message pattern, its
 * handler gets `(connection, command)` and returns the result, `undefined` where it replied itself.
 * Source of the protocol: https://centrifugal.dev/docs/transports/client_protocol
 */
export class CentrifugeAdapter implements WebSocketAdapter<WebSocketServer, Connection> {
  private readonly http: Server;
  private readonly connections: Connections;
  private readonly clock: Clock;
  private readonly lifecycle: Lifecycle;
  private readonly origins: readonly string[];
  private onConnect: (connection: Connection) => void = () => undefined;
  private readonly onDisconnect = new WeakMap<Connection, () => void>();

  constructor(app: INestApplication) {
    this.http = app.getHttpServer() as Server;
    this.connections = app.get(Connections);
    this.clock = app.get(Clock);
    this.lifecycle = app.get(Lifecycle);
    this.origins = app.get<Env>(ENV).PUBLIC_ORIGIN ?? [];
  }

  create(): WebSocketServer {
    const server = new WebSocketServer({
      noServer: true,
      maxPayload: maxFrameBytes,
      perMessageDeflate: false,
    });
    this.http.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      const refusal = this.refusal(request);
      if (refusal) {
        socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      server.handleUpgrade(request, socket, head, (ws) => this.accept(ws, socket));
    });
    return server;
  }

  bindClientConnect(_server: WebSocketServer, callback: (connection: Connection) => void): void {
    this.onConnect = callback;
  }

  bindClientDisconnect(connection: Connection, callback: () => void): void {
    this.onDisconnect.set(connection, callback);
  }

  bindMessageHandlers(connection: Connection, handlers: WsMessageHandler[]): void {
    const byVerb: Handlers = new Map(
      handlers.map(({ message, callback }) => [String(message), callback]),
    );
    connection.ws.on('message', (data: Buffer, binary: boolean) => {
      connection.lastSeen = this.clock.now();
      if (binary) return connection.close(disconnects.badRequest);
      this.receive(connection, byVerb, data);
    });
  }

  async close(server: WebSocketServer): Promise<void> {
    server.close();
  }

  /** Nest calls it last; the connections are gone by then, and the HTTP server is not this adapter's. */
  async dispose(): Promise<void> {
    // Nothing is held beside what `close` ends.
  }

  private refusal(request: IncomingMessage): string | undefined {
    if (request.url?.split('?')[0] !== path) return '404 Not Found';
    if (this.lifecycle.draining) return '503 Service Unavailable\r\nRetry-After: 1';
    if (!originAllowed(request, this.origins)) return '403 Forbidden';
    return undefined;
  }

  private accept(ws: WebSocket, socket: Socket): void {
    socket.setNoDelay(true);
    const connection = new Connection(
      newId(),
      this.clock.now(),
      ws,
      socket,
      this.connections.flusher,
    );
    this.connections.add(connection);
    // ws reports a broken frame (not UTF-8, over the size) here and then closes with 1007 or 1009.
    ws.on('error', () => undefined);
    ws.on('close', () => {
      this.connections.remove(connection);
      connection.ended();
      this.onDisconnect.get(connection)?.();
    });
    this.onConnect(connection);
  }

  private receive(connection: Connection, handlers: Handlers, data: Buffer): void {
    try {
      for (const parsed of parseFrame(data.toString())) {
        if (connection.closed) return;
        if ('pong' in parsed) connection.awaitingPong = false;
        else if ('error' in parsed) connection.fail(parsed.id, parsed.error);
        else void this.dispatch(connection, handlers, parsed.command);
      }
    } catch (error) {
      if (!(error instanceof BadFrame)) throw error;
      connection.close(disconnects.badRequest);
    }
  }

  private async dispatch(
    connection: Connection,
    handlers: Handlers,
    command: Command,
  ): Promise<void> {
    // The first command must be connect, once; others may be sent behind it without waiting.
    const { id, verb } = command;
    const closing = connection.admit(verb);
    if (closing) return connection.close(closing);
    if ((connection.inFlight += 1) === maxInFlight) connection.ws.pause();
    if (verb !== 'connect' && !connection.connected) await connection.connecting;
    if (!connection.closed) {
      const work = handlers.get(verb)?.(command) as Promise<unknown>;
      if (verb === 'connect')
        connection.connecting = work.then(() => (connection.connected = true));
      let result = await work;
      // Where an interceptor stands in between, Nest answers with an observable of the result.
      if (isObservable(result)) result = await lastValueFrom(result, { defaultValue: undefined });
      if (result !== undefined) connection.reply(id, verb, result as object);
    }
    if ((connection.inFlight -= 1) === maxInFlight - 1) connection.ws.resume();
  }
}
