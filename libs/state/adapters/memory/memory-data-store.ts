import { DataStore, type Inspection, type StoreOptions } from '#libs/state';
import { Gate, memoryInspection, memoryTraits } from './base.js';
import { MemoryAccounts } from './memory-accounts.js';
import { MemoryCatalogue } from './memory-catalogue.js';
import { MemoryIdempotency, MemoryLeases } from './memory-coordination.js';
import { MemoryCourses } from './memory-courses.js';
import { MemoryInteractions } from './memory-interactions.js';
import { MemoryLearning } from './memory-learning.js';
import { MemoryModels } from './memory-models.js';

export class MemoryDataStore extends DataStore {
  readonly adapter = 'memory';
  readonly traits = memoryTraits;
  readonly accounts;
  readonly courses;
  readonly learning;
  readonly interactions;
  readonly models;
  readonly leases;
  readonly idempotency;
  private readonly gate: Gate;

  constructor(options: StoreOptions) {
    super();
    this.gate = new Gate(options);
    const catalogue = new MemoryCatalogue(this.gate);
    this.accounts = new MemoryAccounts(this.gate);
    this.courses = new MemoryCourses(this.gate, catalogue);
    this.learning = new MemoryLearning(this.gate, catalogue);
    this.interactions = new MemoryInteractions(this.gate);
    this.models = new MemoryModels(this.gate);
    this.leases = new MemoryLeases(this.gate);
    this.idempotency = new MemoryIdempotency(this.gate);
  }

  async open(): Promise<void> {
    this.gate.enter();
  }

  async close(): Promise<void> {
    this.gate.leave();
  }

  async ping(): Promise<void> {
    this.gate.check();
  }

  async inspect(): Promise<Inspection> {
    this.gate.check();
    return memoryInspection();
  }
}
