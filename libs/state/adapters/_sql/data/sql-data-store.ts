import { DataStore, type Inspection, type StoreOptions, type Traits } from '#libs/state';
import { type Opener, SqlHandle } from '../sql-handle.js';
import { SqlAccounts } from './sql-accounts.js';
import { SqlCourses } from './sql-courses.js';
import { SqlIdempotency } from './sql-idempotency.js';
import { SqlInteractions } from './sql-interactions.js';
import { SqlLearning } from './sql-learning.js';
import { SqlLeases } from './sql-leases.js';
import { SqlModels } from './sql-models.js';

/** The DataStore of every SQL database: what differs is the dialect of the one that `opener` opens. */
export class SqlDataStore extends DataStore {
  readonly adapter: string;
  readonly accounts;
  readonly courses;
  readonly learning;
  readonly interactions;
  readonly models;
  readonly leases;
  readonly idempotency;
  private readonly handle: SqlHandle;

  constructor(opener: Opener, options: StoreOptions) {
    super();
    this.adapter = opener.name;
    this.handle = new SqlHandle(opener, options);
    this.accounts = new SqlAccounts(this.handle);
    this.courses = new SqlCourses(this.handle);
    this.learning = new SqlLearning(this.handle);
    this.interactions = new SqlInteractions(this.handle);
    this.models = new SqlModels(this.handle);
    this.leases = new SqlLeases(this.handle);
    this.idempotency = new SqlIdempotency(this.handle);
  }

  get traits(): Traits {
    return this.handle.traits;
  }

  open(): Promise<void> {
    return this.handle.open();
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  ping(): Promise<void> {
    return this.handle.ping();
  }

  inspect(): Promise<Inspection> {
    return this.handle.inspect();
  }
}
