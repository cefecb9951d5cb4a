import { type Store, type StoreOptions, StoreUnavailable } from '#libs/state';
import { optionsFor, type Subject } from './subject.js';

/** What every port promises besides its own methods. `write` and `read` leave and find a trace. */
export function storePromises<S extends Store>(
  subject: Subject,
  make: (options: StoreOptions) => S,
  trace: { write: (store: S) => Promise<unknown>; read: (store: S) => Promise<boolean> } | null,
): void {
  describe('as a store', () => {
    it('opens and closes as often as it is asked to', async () => {
      const store = make(await optionsFor(subject));
      await store.open();
      await store.open();
      await store.ping();
      await store.close();
      await store.close();
    });

    it('is unavailable before it is opened and after it is closed', async () => {
      const store = make(await optionsFor(subject));
      await expect(store.ping()).rejects.toThrow(StoreUnavailable);
      await store.open();
      await store.close();
      await expect(store.ping()).rejects.toThrow(StoreUnavailable);
    });

    it('is inspected: a version, no migration left to run, and advice with every finding', async () => {
      const store = make(await optionsFor(subject));
      await store.open();
      const { version, clockSkewMs, pendingMigrations, findings } = await store.inspect();
      await store.close();
      expect(version).toMatch(/\d/);
      expect(clockSkewMs === undefined || Math.abs(clockSkewMs) < 60_000).toBe(true);
      expect(pendingMigrations).toBe(0);
      for (const { level, what, advice } of findings) {
        expect(['problem', 'warning', 'note']).toContain(level);
        expect(what).not.toBe('');
        expect(advice).not.toBe('');
      }
      await expect(store.inspect()).rejects.toThrow(StoreUnavailable);
    });

    it('names the adapter of the registry', async () => {
      const store = make(await optionsFor(subject));
      expect(store.adapter).toBe(subject.adapter.name);
      expect(store.traits.shared).toBe(subject.adapter.shared);
    });

    it('keeps what was written beyond close() exactly where it declares itself durable', async () => {
      const options = await optionsFor(subject);
      const first = make(options);
      await first.open();
      await trace?.write(first);
      await first.close();
      const second = make(options);
      await second.open();
      const found = trace ? await trace.read(second) : false;
      await second.close();
      expect(found).toBe(trace !== null && second.traits.durable);
      expect(second.traits.durable).toBe(second.traits.durability !== 'none');
    });
  });
}
