import { Store } from '../store.js';
import type { Accounts } from './accounts.js';
import type { Courses } from './courses.js';
import type { Idempotency } from './idempotency.js';
import type { Interactions } from './interactions.js';
import type { Learning } from './learning.js';
import type { Leases, Models } from './models.js';

/**
 * What must outlive everything else: accounts, the catalogue, who learns what, interactions, models
 * and leases. A read after a write sees it. Every method may throw StoreUnavailable.
 */
export abstract class DataStore extends Store {
  abstract readonly accounts: Accounts;
  abstract readonly courses: Courses;
  abstract readonly learning: Learning;
  abstract readonly interactions: Interactions;
  abstract readonly models: Models;
  abstract readonly leases: Leases;
  abstract readonly idempotency: Idempotency;
}
