import type { ManualClock } from '#libs/kernel';
import type { DataStore } from '#libs/state';
import { accountsContract } from './accounts-contract.js';
import { courseFeedContract } from './course-feed-contract.js';
import { coursesContract } from './courses-contract.js';
import { account } from './data-records.js';
import { learningContract } from './learning-contract.js';
import { recordsContract } from './records-contract.js';
import { factoryOf, optionsFor, type Subject } from './subject.js';
import { storePromises } from './traits.js';

export function dataContract(subject: Subject): void {
  const make = factoryOf(subject, 'data');

  describe(`data on ${subject.adapter.name}`, () => {
    let store: DataStore;
    let clock: ManualClock;

    beforeEach(async () => {
      const options = await optionsFor(subject);
      clock = options.clock;
      store = make(options);
      await store.open();
    });

    afterEach(() => store.close());

    storePromises(subject, make, {
      write: (one) => one.accounts.create(account('kept')),
      read: async (one) => (await one.accounts.byId('kept')) !== null,
    });
    accountsContract(() => store);
    coursesContract(() => store);
    courseFeedContract(
      () => store,
      () => clock,
    );
    learningContract(() => store);
    recordsContract(
      () => store,
      () => clock,
    );
  });
}
