import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Clock, type Logger } from '#libs/kernel';
import { type SessionRecord, SessionStore } from '#libs/state';
import { LOGGER } from '../../platform/logging/logger.js';
import { type Connection, Connections } from '../../platform/ws/index.js';
import { parseChannel } from '../domain/channels.js';
import { Batches } from '../../platform/batches.js';
import { PresenceFeeds, ttlMs } from './presence-feeds.js';

const heartbeatMs = ttlMs / 3;
/** After a heartbeat that failed, ms: a store that is back learns who is here before anybody is said to have left. */
const retryMs = 2000;

/**
 * Keeps this process's connections in the session store. A heartbeat is one call, however many there
 * are; those that come or go while one call is under way share the next.
 */
@Injectable()
export class PresenceService implements OnModuleInit, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private readonly arrivals = new Batches<SessionRecord>((sessions) =>
    this.sessions.put(
      sessions.map((session) => ({ session, rooms: [] })),
      this.deadline(),
    ),
  );
  private readonly departures = new Batches<string>((ids) =>
    this.sessions.remove(ids, this.clock.now()),
  );
  /** Connections of whose rooms the store may know something else; told anew with the next heartbeat. */
  private readonly unsure = new Set<Connection>();

  constructor(
    private readonly sessions: SessionStore,
    private readonly connections: Connections,
    private readonly feeds: PresenceFeeds,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.next(heartbeatMs);
  }

  onApplicationShutdown(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  async arrive(connection: Connection): Promise<void> {
    await this.arrivals.add(this.record(connection));
  }

  leave(connection: Connection): void {
    const rooms = roomsOf(connection);
    this.unsure.delete(connection);
    this.departures.add(connection.id).then(
      () => this.feeds.changed(rooms),
      (error: unknown) => this.warn(error),
    );
  }

  async enter(connection: Connection, room: string): Promise<void> {
    await this.sessions.enter(connection.id, room);
    this.feeds.changed([room]);
  }

  /** The connection stays, and is in `room` no longer. */
  exit(connection: Connection, room: string): void {
    this.sessions.leave(connection.id, room).then(
      () => this.feeds.changed([room]),
      (error: unknown) => {
        this.unsure.add(connection);
        this.warn(error);
      },
    );
  }

  /** Resolves when the store has been told of everybody who went. */
  settled(): Promise<void> {
    return this.departures.settled();
  }

  private next(ms: number): void {
    this.timer = setTimeout(() => void this.beat(), ms).unref();
  }

  private async beat(): Promise<void> {
    let wait = heartbeatMs;
    try {
      this.feeds.beat();
      await this.renew();
    } catch (error) {
      this.warn(error);
      wait = retryMs;
    }
    if (this.timer) this.next(wait);
  }

  /** A store that lost its sessions is told of them again. */
  private async renew(): Promise<void> {
    const here = new Map<string, Connection>();
    for (const connection of this.connections)
      if (connection.identity && !connection.closed) here.set(connection.id, connection);
    if (here.size === 0) return;
    const { missing } = await this.sessions.renew([...here.keys()], this.deadline());
    const lost = new Set([...missing.flatMap((id) => here.get(id) ?? []), ...this.unsure]);
    const told = [...lost].filter(({ closed }) => !closed);
    if (told.length === 0) return;
    const states = told.map((one) => ({ session: this.record(one), rooms: roomsOf(one) }));
    await this.sessions.put(states, this.deadline());
    for (const one of told) this.unsure.delete(one);
    this.feeds.changed(new Set(states.flatMap(({ rooms }) => rooms)));
    // Who left while they were put is there again.
    for (const { closed, id } of told) if (closed) await this.departures.add(id);
  }

  private record({ id, caller, openedAt }: Connection): SessionRecord {
    return {
      id,
      user: caller.id,
      name: caller.name,
      node: this.connections.node,
      since: openedAt,
    };
  }

  private deadline(): number {
    return this.clock.now() + ttlMs;
  }

  private warn(error: unknown): void {
    this.logger.warn({ err: error }, 'presence was not updated');
  }
}

function roomsOf({ subscriptions }: Connection): string[] {
  return [...subscriptions.keys()].flatMap((channel) => {
    const parsed = parseChannel(channel);
    return parsed.kind === 'room' ? [parsed.room] : [];
  });
}
