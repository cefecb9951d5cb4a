import {
  EventBus,
  type HintHandler,
  type Inspection,
  type StoreOptions,
  Topics,
} from '#libs/state';
import { Gate, memoryInspection, memoryTraits } from './base.js';

/** Hints within one process, delivered before `publish` resolves. */
export class MemoryEventBus extends EventBus {
  readonly adapter = 'memory';
  readonly traits = memoryTraits;
  private readonly gate: Gate;
  private readonly topics: Topics;

  constructor(options: StoreOptions) {
    super();
    this.topics = new Topics(options.logger);
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
    this.topics.deliver(topic, payload);
  }

  async subscribe(topic: string, handler: HintHandler): Promise<() => Promise<void>> {
    this.gate.check();
    const end = this.topics.add(topic, handler);
    return async () => void end();
  }
}
