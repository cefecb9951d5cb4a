import { ManualClock, silentLogger } from '#libs/kernel';
import { StoreUnavailable } from '#libs/state';
import { memory } from '../adapters/memory/index.js';
import { account } from './data-records.js';
import { failing, slow } from './decorators.js';

const fresh = async () => {
  const store = memory.data?.({
    url: 'memory:',
    variable: 'TEST',
    clock: new ManualClock(),
    logger: silentLogger,
  });
  if (!store) throw new Error('memory serves data');
  await store.open();
  return store;
};

describe('a failing store', () => {
  it('fails before the call, without effect, or after it, like a reply that was lost', async () => {
    const store = await fresh();
    const before = failing(store, (method) => method === 'accounts.create' && 'before');
    await expect(before.accounts.create(account('a'))).rejects.toThrow(StoreUnavailable);
    expect(await before.accounts.byId('a')).toBeNull();
    const after = failing(store, (method) => method === 'accounts.create' && 'after');
    await expect(after.accounts.create(account('b'))).rejects.toThrow(StoreUnavailable);
    expect(await after.accounts.byId('b')).not.toBeNull();
  });
});

describe('a slow store', () => {
  it('answers when it is let go on', async () => {
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const store = slow(await fresh(), () => gate);
    let answered = false;
    const asked = store.accounts.byId('a').then(() => (answered = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBe(false);
    go();
    await asked;
    expect(answered).toBe(true);
  });
});
