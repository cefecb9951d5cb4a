import type { Logger } from '#libs/kernel';
import type { EventBus } from '#libs/state';
import type { Flushable, Flusher } from '../../platform/ws/index.js';
import { roomChannel } from '../domain/channels.js';
import { type Hint, writeHint } from '../domain/hints.js';

/** Characters of events in one hint: below what a bus carries, however many bytes each of them takes. */
const maxCharacters = 256 * 1024;

interface Batch {
  epoch: string;
  lines: string[];
  characters: number;
}

/**
 * Hints on their way to the other replicas. The events that commits brought a room since the last
 * flush leave as one message, with the frames of this replica's own clients.
 */
export class HintOutbox implements Flushable {
  private batches = new Map<string, Batch>();
  private failing = false;

  constructor(
    private readonly node: string,
    private readonly bus: EventBus,
    private readonly flusher: Flusher,
    private readonly logger: Logger,
  ) {}

  event(room: string, epoch: string, line: string): void {
    let batch = this.batches.get(room);
    if (batch && (batch.epoch !== epoch || batch.characters > maxCharacters)) {
      this.events(room, batch);
      batch = undefined;
    }
    if (!batch) {
      if (this.batches.size === 0) this.flusher.source(this);
      batch = { epoch, lines: [], characters: 0 };
      this.batches.set(room, batch);
    }
    batch.lines.push(line);
    batch.characters += line.length;
  }

  /** At once, before the events that wait. */
  send(room: string, hint: Hint): void {
    this.bus.publish(roomChannel(room), writeHint(this.node, hint)).then(
      () => (this.failing = false),
      (error: unknown) => {
        if (!this.failing)
          this.logger.warn(
            { err: error, room },
            'hints are not sent; other replicas will read the store',
          );
        this.failing = true;
      },
    );
  }

  flush(): void {
    const { batches } = this;
    this.batches = new Map();
    for (const [room, batch] of batches) this.events(room, batch);
  }

  private events(room: string, { epoch, lines }: Batch): void {
    this.send(room, { kind: 'events', epoch, lines });
  }
}
