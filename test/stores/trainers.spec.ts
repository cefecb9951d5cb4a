import { newId } from '#libs/kernel';
import type { DataStore } from '#libs/state';
import { Child } from '../support/child.js';
import { until } from '../support/until.js';
import { closed, describeShared, keeps, opened, type Stores } from './support/stores.js';

const leaseMs = 1500;

/**
 * One training. At `step` the process says so and stops itself (SIGSTOP, with all its threads) or
 * kills itself, as the test wants it: nothing depends on how fast a signal arrives.
 */
const trainer = `
import { SystemClock, silentLogger } from '#libs/kernel';
import { adapters } from '#libs/state/adapters';
import { writeSync } from 'node:fs';
const [, name, url, step, signal] = process.argv;
const { Training } = await import(process.cwd() + '/dist/src/recommendation/training/training.js');
const adapter = adapters.find((one) => one.name === name);
const clock = new SystemClock();
const data = adapter.data({ url, variable: 'TEST_STORE', clock, logger: silentLogger });
await data.open();
const training = new Training(data, clock, { margin: 1, keep: 3, budgetMs: 0, leaseMs: ${leaseMs}, alone: true });
let reached = false;
const result = await training
  .run((at) => {
    if (at !== step || reached) return;
    reached = true;
    writeSync(1, 'reached\\n');
    process.kill(process.pid, signal);
  })
  .catch((error) => ({ outcome: 'failed', message: error.message }));
writeSync(1, ['outcome', result.outcome, result.model ?? '', result.message ?? ''].join(' ') + '\\n');
await training.close();
await data.close();
`;

describeShared(
  'trainers',
  ({ adapter, server }) => {
    let url: string;
    let stores: Stores;
    let data: DataStore;
    let children: Child[];

    beforeEach(async () => {
      url = await server.freshUrl();
      stores = await opened(adapter, url);
      if (!stores.data) throw new Error('it keeps data');
      data = stores.data;
      children = [];
      await happen(40);
    });
    afterEach(async () => {
      for (const child of children) await child.kill();
      await closed(stores);
    });

    const happen = (users: number) =>
      data.interactions.append(
        Array.from({ length: users * 5 }, (_, n) => ({
          id: newId(),
          user: newId(),
          courseId: `c${n % 20}`,
          type: 'enrol' as const,
          at: Date.now(),
        })),
      );
    const train = (step = '', signal = '') => {
      const child = new Child(trainer, adapter.name, url, step, signal);
      children.push(child);
      return child;
    };
    const outcomeOf = async (child: Child) => {
      await child.done();
      const [outcome = '', model = ''] = (child.lines('outcome')[0] ?? '').split(' ');
      return { outcome, model };
    };
    /** One that gets through, as soon as the lease is free. */
    const trained = async () => {
      let model = '';
      await until('a training gets through', async () => {
        const result = await outcomeOf(train());
        model = result.model;
        return result.outcome === 'activated';
      });
      return model;
    };
    const active = async () => (await data.models.active())?.sha256;
    const listed = async () => (await data.models.list()).map(({ sha256 }) => sha256);

    it('that are killed leave the active model as it is, and their place to the next', async () => {
      const first = await trained();
      const killed = train('measuring', 'SIGKILL');
      await killed.gone();
      expect(killed.lines('outcome')).toEqual([]);
      expect(await active()).toBe(first);
      const next = await trained();
      expect(await active()).toBe(next);
      expect(next).not.toBe(first);
    });

    it('that were paused for longer than their lease activate nothing over a newer model', async () => {
      const paused = train('measuring', 'SIGSTOP');
      await paused.said('reached');
      await happen(1);
      const newer = await trained();
      paused.signal('SIGCONT');
      expect((await outcomeOf(paused)).outcome).not.toBe('activated');
      expect(await active()).toBe(newer);
      expect(await listed()).toEqual([newer]);
    });

    it('that were paused activate nothing either while their successor is still at it', async () => {
      const paused = train('measuring', 'SIGSTOP');
      await paused.said('reached');
      await happen(1);
      let successor: Child | undefined;
      await until('another has the lease', async () => {
        const child = train('measuring', 'SIGSTOP');
        await Promise.race([child.said('reached'), child.gone()]).catch(() => undefined);
        if (child.lines('outcome').length === 0) successor = child;
        return successor !== undefined;
      });
      paused.signal('SIGCONT');
      expect((await outcomeOf(paused)).outcome).not.toBe('activated');
      expect(await active()).toBeUndefined();
      successor?.signal('SIGCONT');
      const result = successor && (await outcomeOf(successor));
      // It goes on where nobody has taken its place meanwhile.
      if (result?.outcome === 'activated') expect(await active()).toBe(result.model);
      const last = await trained();
      expect(await active()).toBe(last);
    });

    it('that race leave one active model, the newest of those that were activated', async () => {
      const rounds = 3;
      for (let round = 0; round < rounds; round += 1) {
        await happen(1);
        const results = await Promise.all([train(), train(), train()].map(outcomeOf));
        const activated = results.filter(({ outcome }) => outcome === 'activated');
        expect(activated.length).toBeGreaterThan(0);
        expect(results.map(({ outcome }) => outcome)).not.toContain('failed');
        expect(activated.map(({ model }) => model)).toContain(await active());
        const [newest] = await listed();
        expect(await active()).toBe(newest);
      }
    });
  },
  keeps('data'),
);
