import { DataStore, type Inspection, type StoreOptions } from '#libs/state';
import { CatalogueRevision } from './catalogue-revision.js';
import { CourseStatistics } from './course-statistics.js';
import { Handle } from './handle.js';
import { inspect } from './inspect.js';
import { MongoAccounts } from './mongo-accounts.js';
import { MongoIdempotency, MongoLeases } from './mongo-coordination.js';
import { MongoCourses } from './mongo-courses.js';
import { MongoInteractions } from './mongo-interactions.js';
import { MongoLearning } from './mongo-learning.js';
import { MongoModels } from './mongo-models.js';

export class MongoDataStore extends DataStore {
  readonly adapter = 'mongodb';
  readonly accounts;
  readonly courses;
  readonly learning;
  readonly interactions;
  readonly models;
  readonly leases;
  readonly idempotency;
  private readonly handle: Handle;

  constructor(options: StoreOptions) {
    super();
    const handle = (this.handle = new Handle(options));
    const statistics = new CourseStatistics(handle);
    const catalogue = new CatalogueRevision(handle);
    this.accounts = new MongoAccounts(handle);
    this.courses = new MongoCourses(handle, statistics, catalogue);
    this.learning = new MongoLearning(handle, statistics, catalogue);
    this.interactions = new MongoInteractions(handle);
    this.models = new MongoModels(handle);
    this.leases = new MongoLeases(handle);
    this.idempotency = new MongoIdempotency(handle);
  }

  get traits() {
    return this.handle.traits;
  }

  open(): Promise<void> {
    return this.handle.enter();
  }

  close(): Promise<void> {
    return this.handle.leave();
  }

  ping(): Promise<void> {
    return this.handle.ping();
  }

  inspect(): Promise<Inspection> {
    return inspect(this.handle);
  }
}
