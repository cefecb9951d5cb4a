import { Inject, Injectable } from '@nestjs/common';
import { Clock, type Logger, newId } from '#libs/kernel';
import { DataStore, type Interaction } from '#libs/state';
import { LOGGER } from '../../platform/logging/logger.js';

export type NewInteraction = Omit<Interaction, 'id' | 'at'> & { at?: number };

/** Where interactions come in: what people report, and what the server sees them do. */
@Injectable()
export class InteractionLog {
  constructor(
    private readonly data: DataStore,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async append(events: readonly NewInteraction[]): Promise<void> {
    if (events.length === 0) return;
    const now = this.clock.now();
    await this.data.interactions.append(
      events.map((event) => ({ ...event, at: event.at ?? now, id: newId() })),
    );
  }

  /** Of something already stored: that must not fail because this does. */
  async seen(event: NewInteraction): Promise<void> {
    try {
      await this.append([event]);
    } catch (error) {
      this.logger.warn({ err: error, event }, 'an interaction is missing from the record');
    }
  }
}
