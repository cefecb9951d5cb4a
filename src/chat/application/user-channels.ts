import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from '#libs/kernel';
import { EventBus } from '#libs/state';
import { LOGGER } from '../../platform/logging/logger.js';
import { type Connection, textFrame } from '../../platform/ws/index.js';
import { userChannel } from '../domain/channels.js';

/** The server-side channel `user:<id>`: every connection of a user, on whichever replica. At most once. */
@Injectable()
export class UserChannels {
  private readonly here = new Map<
    string,
    { connections: Set<Connection>; leave: Promise<() => Promise<void>> }
  >();

  constructor(
    private readonly bus: EventBus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async tell(user: string, data: object): Promise<void> {
    await this.bus.publish(userChannel(user), JSON.stringify(data));
  }

  async join(user: string, connection: Connection): Promise<void> {
    const channel = userChannel(user);
    let entry = this.here.get(user);
    if (!entry) {
      const connections = new Set<Connection>();
      const leave = this.bus.subscribe(channel, (data) => {
        const frame = textFrame(
          `{"push":{"channel":${JSON.stringify(channel)},"pub":{"data":${data}}}}`,
        );
        for (const receiver of connections) receiver.frame(frame);
      });
      entry = { connections, leave };
      this.here.set(user, entry);
    }
    entry.connections.add(connection);
    try {
      await entry.leave;
    } catch (error) {
      if (this.here.get(user) === entry) this.here.delete(user);
      throw error;
    }
  }

  part(user: string, connection: Connection): void {
    const entry = this.here.get(user);
    entry?.connections.delete(connection);
    if (!entry || entry.connections.size > 0) return;
    this.here.delete(user);
    entry.leave
      .then((leave) => leave())
      .catch((error: unknown) => this.logger.warn({ err: error, user }, 'leaving the bus failed'));
  }
}
