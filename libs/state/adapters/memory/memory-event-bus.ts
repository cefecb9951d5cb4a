import { EventBus, type HintHandler, type Inspection, type StoreOptions } from '#libs/state';
import { Gate, memoryInspection, memoryTraits } from './base.js';

/** Hints within one process, delivered before `publish` resolves. */
export class MemoryEventBus extends EventBus {
  readonly adapter = 'memory';
  readonly traits = memoryTraits;
  private readonly gate: Gate;
  private readonly topics = new Map<string, Set<{ handler: HintHandler }>>();

  constructor(private readonly options: StoreOptions) {
    super();
    this.gate = new Gate(options);
  }

  async open(): Promise<void> {
    this.gate.enter();
  }

  async close(): Promise<void> {
    this.gate.leave();
    this.topics.clear();
  }

  async ping(): Promise<void> {
    this.gate.check();
  }

  async inspect(): Promise<Inspection> {
    this.gate.check();
    return memoryInspection();
  }

  async publish(topic: string, payload: string): Promise<void> {
    this.gate.check();
    for (const { handler } of [...(this.topics.get(topic) ?? [])]) {
      try {
        handler(payload);
      } catch (error) {
        this.options.logger.error({ err: error, topic }, 'a handler of the event bus threw');
      }
    }
  }

  async subscribe(topic: string, handler: HintHandler): Promise<() => Promise<void>> {
    this.gate.check();
    const handlers = this.topics.get(topic) ?? new Set();
    this.topics.set(topic, handlers);
    const entry = { handler };
    handlers.add(entry);
    return async () => {
      handlers.delete(entry);
      if (handlers.size === 0 && this.topics.get(topic) === handlers) this.topics.delete(topic);
    };
  }
}
