import { Module, type OnModuleInit } from '@nestjs/common';
import { CourseCore } from '../course/index.js';
import { IdentityCore } from '../identity/index.js';
import { Lifecycle } from '../platform/lifecycle.js';
import { Connections, Overload } from '../platform/ws/index.js';
import { AccessService } from './application/access.service.js';
import { Appender } from './application/appender.js';
import { ChatMetrics } from './application/chat-metrics.js';
import { MemberService } from './application/member.service.js';
import { MessageSearch } from './application/message-search.js';
import { MessageService } from './application/message.service.js';
import { NoticeService } from './application/notice.service.js';
import { People } from './application/people.js';
import { PresenceFeeds } from './application/presence-feeds.js';
import { PresenceService } from './application/presence.service.js';
import { RoomFeeds } from './application/room-feeds.js';
import { RoomSessions } from './application/room-sessions.js';
import { RoomService } from './application/room.service.js';
import { SubscriptionService } from './application/subscription.service.js';
import { UserChannels } from './application/user-channels.js';
import { LOBBY } from './domain/rooms.js';
import { MemberController } from './http/member.controller.js';
import { MessageController } from './http/message.controller.js';
import { RoomController } from './http/room.controller.js';
import { ChatGateway } from './ws/chat.gateway.js';
import { ReadingHandlers } from './ws/reading.handlers.js';
import { RpcHandlers } from './ws/rpc.handlers.js';
import { SendLimit } from './ws/send-limit.js';

/** The stateful module: rooms, messages, presence, and the WebSocket side of both. */
@Module({
  imports: [IdentityCore, CourseCore],
  controllers: [RoomController, MemberController, MessageController],
  providers: [
    AccessService,
    Appender,
    ChatGateway,
    ChatMetrics,
    Connections,
    MemberService,
    MessageSearch,
    MessageService,
    NoticeService,
    Overload,
    People,
    PresenceFeeds,
    PresenceService,
    ReadingHandlers,
    RoomFeeds,
    RoomService,
    RoomSessions,
    RpcHandlers,
    SendLimit,
    SubscriptionService,
    UserChannels,
  ],
})
export class ChatModule implements OnModuleInit {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly connections: Connections,
    private readonly access: AccessService,
    private readonly presence: PresenceService,
  ) {}

  async onModuleInit(): Promise<void> {
    this.lifecycle.onDrain(async (seconds) => {
      await this.connections.drain(seconds);
      await this.presence.settled();
    });
    await this.access.make(LOBBY);
  }
}
