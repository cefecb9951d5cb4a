import { Inject, UseFilters } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import { AppError, Clock } from '#libs/kernel';
import { disconnects, newMessage, type Params } from '#libs/protocol';
import { Directory, TokenVerifier } from '../../identity/index.js';
import { version } from '../../platform/version.js';
import {
  type Command,
  type Connection,
  Connections,
  pingSeconds,
  ProtocolErrorFilter,
  Verb,
} from '../../platform/ws/index.js';
import { MessageService } from '../application/message.service.js';
import { PresenceService } from '../application/presence.service.js';
import { SubscriptionService } from '../application/subscription.service.js';
import { UserChannels } from '../application/user-channels.js';
import { roomOf, userChannel } from '../domain/channels.js';
import { ReadingHandlers } from './reading.handlers.js';
import { RpcHandlers } from './rpc.handlers.js';
import { SendLimit } from './send-limit.js';
import { validated } from './validated.js';

/** The verbs of the Centrifuge client protocol. A result is the reply; `undefined` means the handler replied. */
@WebSocketGateway()
@UseFilters(ProtocolErrorFilter)
export class ChatGateway {
  constructor(
    @Inject(TokenVerifier) private readonly tokens: TokenVerifier,
    private readonly directory: Directory,
    private readonly connections: Connections,
    private readonly presence: PresenceService,
    private readonly subscriptions: SubscriptionService,
    private readonly users: UserChannels,
    private readonly messages: MessageService,
    private readonly reading: ReadingHandlers,
    private readonly rpcs: RpcHandlers,
    private readonly limit: SendLimit,
    private readonly clock: Clock,
  ) {
    connections.onEnd((connection) => this.gone(connection));
  }

  @Verb('connect')
  async connect(connection: Connection, { id, params }: Command): Promise<object | undefined> {
    const { token } = params as Params<'connect'>;
    const identity = await this.verify(connection, token);
    if (!identity) return undefined;
    await this.directory.ensure(identity);
    connection.identity = identity;
    await this.presence.arrive(connection);
    await this.users.join(identity.id, connection);
    if (connection.closed) {
      this.gone(connection);
      return undefined;
    }
    connection.reply(id, 'connect', {
      client: connection.id,
      version: `maxiaoke ${version}`,
      expires: true,
      ttl: this.secondsLeft(identity.expiresAt),
      ping: pingSeconds,
      pong: true,
      session: connection.id,
      node: this.connections.node,
      subs: { [userChannel(identity.id)]: {} },
    });
    return undefined;
  }

  @Verb('refresh')
  async refresh(connection: Connection, { params }: Command): Promise<object | undefined> {
    const before = connection.caller;
    const identity = await this.verify(connection, (params as Params<'refresh'>).token);
    if (!identity) return undefined;
    if (identity.id !== before.id) throw new AppError('forbidden', 'the token is of another user');
    connection.identity = identity;
    return {
      client: connection.id,
      version: `maxiaoke ${version}`,
      expires: true,
      ttl: this.secondsLeft(identity.expiresAt),
    };
  }

  @Verb('subscribe')
  async subscribe(connection: Connection, { id, params }: Command): Promise<void> {
    await this.subscriptions.subscribe(connection, id, params as Params<'subscribe'>);
  }

  @Verb('unsubscribe')
  unsubscribe(connection: Connection, { params }: Command): object {
    connection.endSubscription((params as Params<'unsubscribe'>).channel);
    return {};
  }

  @Verb('publish')
  async publish(connection: Connection, { params }: Command): Promise<object> {
    const { channel, data } = params as Params<'publish'>;
    const room = roomOf(channel);
    const caller = connection.caller;
    this.limit.take(connection, this.clock.now());
    const message = validated(newMessage, data);
    await this.messages.sendInOrder(connection, caller, room, message);
    return {};
  }

  @Verb('rpc')
  rpc(connection: Connection, { params }: Command): Promise<object> {
    return this.rpcs.call(connection, params as Params<'rpc'>);
  }

  @Verb('send')
  send(): never {
    throw new AppError('not_available', 'send is not used here; use publish or rpc');
  }

  @Verb('history')
  history(connection: Connection, { id, params }: Command): Promise<void> {
    return this.reading.history(connection, id, params as Params<'history'>);
  }

  @Verb('presence')
  presenceOf(connection: Connection, { id, params }: Command): Promise<void> {
    return this.reading.presence(connection, id, params as Params<'presence'>);
  }

  @Verb('presence_stats')
  presenceStats(connection: Connection, { params }: Command): Promise<object> {
    return this.reading.presenceStats(connection, params as Params<'presence_stats'>);
  }

  private gone(connection: Connection): void {
    if (!connection.identity) return;
    this.users.part(connection.identity.id, connection);
    this.presence.leave(connection);
  }

  /** An expired token is answered, so that the client fetches another; any other bad one ends the connection. */
  private async verify(connection: Connection, token: string): Promise<Connection['identity']> {
    try {
      return await this.tokens.verify(token);
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'token_expired' || error.status >= 500)
        throw error;
      connection.close(disconnects.invalidToken);
      return undefined;
    }
  }

  private secondsLeft(expiresAt: number): number {
    return Math.max(1, expiresAt - Math.floor(this.clock.now() / 1000));
  }
}
