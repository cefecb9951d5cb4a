import { DataStore, type StoreOptions } from '#libs/state';
import { Handle, sqliteTraits } from './handle.js';
import { SqliteAccounts } from './sqlite-accounts.js';
import { SqliteIdempotency, SqliteLeases } from './sqlite-coordination.js';
import { SqliteCourses } from './sqlite-courses.js';
import { SqliteInteractions } from './sqlite-interactions.js';
import { SqliteLearning } from './sqlite-learning.js';
import { SqliteModels } from './sqlite-models.js';

export class SqliteDataStore extends DataStore {
  readonly adapter = 'sqlite';
  readonly traits = sqliteTraits;
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
    this.handle = new Handle(options);
    this.accounts = new SqliteAccounts(this.handle);
    this.courses = new SqliteCourses(this.handle);
    this.learning = new SqliteLearning(this.handle);
    this.interactions = new SqliteInteractions(this.handle);
    this.models = new SqliteModels(this.handle);
    this.leases = new SqliteLeases(this.handle);
    this.idempotency = new SqliteIdempotency(this.handle);
  }

  async open(): Promise<void> {
    await this.handle.enter();
  }

  async close(): Promise<void> {
    await this.handle.leave();
  }

  async ping(): Promise<void> {
    this.handle.file.get('SELECT 1');
  }
}
