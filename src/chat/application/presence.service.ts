import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Clock, type Logger } from '#libs/kernel';
import { SessionStore } from '#libs/state';
import { LOGGER } from '../../platform/logging/logger.js';
import { type Connection, Connections } from '../../platform/ws/index.js';
import { parseChannel } from '../domain/channels.js';

/** A connection that was not renewed for so long is gone, ms: how long a dead replica's linger. */
const ttlMs = 60_000;

/** Keeps this process's connections in the session store: one call a heartbeat, however many there are. */
@Injectable()
export class PresenceService implements OnModuleInit, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly sessions: SessionStore,
    private readonly connections: Connections,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => this.background(this.heartbeat()), ttlMs / 3).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  async arrive(connection: Connection): Promise<void> {
    const { id, name } = connection.caller;
    const session = {
      id: connection.id,
      user: id,
      name,
      node: this.connections.node,
      since: connection.openedAt,
    };
    await this.sessions.put([{ session, rooms: [] }], this.deadline());
  }

  leave(connection: Connection): void {
    if (connection.identity)
      this.background(this.sessions.remove([connection.id], this.clock.now()));
  }

  /** A store that lost its sessions is told of them again. */
  private async heartbeat(): Promise<void> {
    const here = new Map(
      [...this.connections].filter(({ identity }) => identity).map((c) => [c.id, c]),
    );
    if (here.size === 0) return;
    const { missing } = await this.sessions.renew([...here.keys()], this.deadline());
    const lost = missing.flatMap((id) => here.get(id) ?? []).filter(({ closed }) => !closed);
    if (lost.length === 0) return;
    await this.sessions.put(
      lost.map((connection) => ({
        session: {
          id: connection.id,
          user: connection.caller.id,
          name: connection.caller.name,
          node: this.connections.node,
          since: connection.openedAt,
        },
        rooms: roomsOf(connection),
      })),
      this.deadline(),
    );
  }

  private deadline(): number {
    return this.clock.now() + ttlMs;
  }

  private background(work: Promise<void>): void {
    work.catch((error: unknown) => this.logger.warn({ err: error }, 'presence was not updated'));
  }
}

function roomsOf({ subscriptions }: Connection): string[] {
  return [...subscriptions.keys()].flatMap((channel) => {
    const parsed = parseChannel(channel);
    return parsed.kind === 'room' ? [parsed.room] : [];
  });
}
