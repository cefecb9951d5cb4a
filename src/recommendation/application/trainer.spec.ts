import { ManualClock, newId, silentLogger } from '#libs/kernel';
import { encodeModel, readInteractions, train } from '#libs/recommender';
import type { DataStore, EventBus } from '#libs/state';
import { adapters } from '#libs/state/adapters';
import { parseConfig } from '../../env.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { recordOf } from '../training/model-record.js';
import { isDue } from '../training/schedule.js';
import { leaseName } from '../training/training-lease.js';
import { CurrentModel } from './current-model.js';
import { Trainer } from './trainer.js';

const hour = 3600_000;

describe('training', () => {
  let clock: ManualClock;
  let data: DataStore;
  let bus: EventBus;
  let trainers: Trainer[];

  beforeEach(async () => {
    clock = new ManualClock();
    trainers = [];
    const memory = adapters.find(({ name }) => name === 'memory');
    if (!memory?.data || !memory.bus) throw new Error('no memory adapter');
    const options = { url: 'memory:', variable: 'DATA_STORE', clock, logger: silentLogger };
    data = memory.data(options);
    bus = memory.bus(options);
    await data.open();
    await bus.open();
  });
  afterEach(async () => {
    for (const trainer of trainers) await trainer.onModuleDestroy();
  });

  /** One process over the store. */
  const replica = (variables: Record<string, string> = {}) => {
    const env = parseConfig({
      NODE_ENV: 'test',
      DATA_STORE: 'memory:',
      TRAIN_BUDGET: '0',
      ...variables,
    });
    const metrics = new Metrics();
    const current = new CurrentModel(data, bus, silentLogger, metrics);
    const trainer = new Trainer(data, bus, current, clock, env, silentLogger, metrics);
    trainers.push(trainer);
    return { current, trainer };
  };
  const happen = (user: string, courseId: string) =>
    data.interactions.append([{ id: newId(), user, courseId, type: 'enrol', at: clock.now() }]);
  /** Tastes that can be learnt: even users take even courses. */
  const community = async (users: number, taste: (user: number) => number = (user) => user % 2) => {
    const events = Array.from({ length: users }, (_, user) =>
      Array.from({ length: 8 }, (_, n) => ({
        id: newId(),
        user: `u${user}`,
        courseId: `c${((user * 7 + n) % 12) * 2 + taste(user)}`,
        type: 'enrol' as const,
        at: clock.now(),
      })),
    );
    await data.interactions.append(events.flat());
  };

  it('is due where enough is new', async () => {
    const { trainer } = replica();
    expect(await isDue(data, 1)).toBe(false);
    await happen('u', 'c');
    expect(await isDue(data, 1)).toBe(true);
    expect(await isDue(data, 2)).toBe(false);
    expect(await trainer.train()).toMatchObject({ outcome: 'activated' });
    expect(await isDue(data, 1)).toBe(false);
    await happen('v', 'c');
    expect(await isDue(data, 1)).toBe(true);
  });

  it('takes one user and one course, or nobody at all', async () => {
    const { trainer, current } = replica();
    expect(await trainer.train()).toMatchObject({ outcome: 'activated', record: { pairs: 0 } });
    await happen('u', 'c');
    expect(await trainer.train()).toMatchObject({ outcome: 'activated', record: { pairs: 1 } });
    expect(current.loaded?.model.items).toEqual(['c']);
  });

  it('is done by one replica, and its model serves the others', async () => {
    const [one, other] = [replica(), replica()];
    await happen('u', 'c');
    await one.trainer.train();
    await other.current.refresh();
    expect(other.current.version).toBe(one.current.version);
    expect(other.current.loaded?.model).toEqual(one.current.loaded?.model);
  });

  it('waits while another holds the lease, and takes over after its deadline', async () => {
    const { trainer } = replica();
    await happen('u', 'c');
    await data.leases.acquire(leaseName, 'another', clock.now() + hour);
    expect(await trainer.train()).toMatchObject({ outcome: 'busy' });
    clock.advance(hour + 1);
    expect(await trainer.train()).toMatchObject({ outcome: 'activated' });
  });

  it('changes nothing where another has shown a higher token meanwhile', async () => {
    const { trainer } = replica();
    await happen('u', 'c');
    const run = trainer.train();
    await data.models.fence(99);
    expect((await run)?.outcome).not.toBe('activated');
    expect(await data.models.active()).toBeNull();
    expect(await data.models.list()).toEqual([]);
  });

  it('keeps few models', async () => {
    const { trainer } = replica({ TRAIN_KEEP: '2' });
    for (let n = 0; n < 5; n += 1) {
      await happen(`u${n}`, 'c');
      clock.advance(1);
      expect(await trainer.train()).toMatchObject({ outcome: 'activated' });
    }
    expect(await data.models.list()).toHaveLength(3);
  });

  it('reads what is new, also what was committed late, and what was imported with old ids', async () => {
    const { trainer } = replica();
    const late = newId();
    await happen('u', 'a');
    expect(await trainer.train()).toMatchObject({ record: { interactions: 1, pairs: 1 } });
    const event = { user: 'u', type: 'enrol', at: clock.now() } as const;
    await data.interactions.append([{ ...event, id: late, courseId: 'b' }]);
    expect(await trainer.train()).toMatchObject({ record: { interactions: 2, pairs: 2 } });
    await data.interactions.append([{ ...event, id: 'imported', courseId: 'c' }]);
    await data.interactions.append([{ ...event, id: '0', courseId: 'd' }]);
    expect(await trainer.train()).toMatchObject({ record: { interactions: 4, pairs: 4 } });
  });

  it('leaves out what cannot be understood', async () => {
    const { trainer, current } = replica();
    const good = { user: 'u', type: 'rate', at: clock.now() } as const;
    await data.interactions.append([
      { ...good, id: newId(), courseId: 'nan', value: NaN },
      { ...good, id: newId(), courseId: 'no stars' },
      { ...good, id: newId(), courseId: 'too many', value: 1e9 },
      { ...good, id: newId(), courseId: 'never', value: 3, at: NaN },
      { ...good, id: newId(), courseId: 'good', value: 3 },
    ]);
    expect(await trainer.train()).toMatchObject({ record: { interactions: 5, pairs: 1 } });
    expect(current.loaded?.model.items).toEqual(['good']);
  });

  it('measures a new model and the active one on what neither has seen', async () => {
    const { trainer } = replica();
    await community(200);
    const first = await trainer.train();
    expect(first).toMatchObject({ outcome: 'activated', record: { share: 0.1, activeNdcg: null } });
    clock.advance(1);
    const second = await trainer.train();
    expect(second).toMatchObject({ outcome: 'activated' });
    const active = await data.models.active();
    expect(active && recordOf(active).activeNdcg).toBeGreaterThan(0.1);
  });

  it('does not activate what is worse by more than the margin', async () => {
    await community(200);
    // Made of everything, what is held out included: nothing honest comes close.
    const rows = (await data.interactions.scan({ limit: 10_000 })).map(
      ({ user, courseId, at }) => ({ user, item: courseId, weight: 1, at }),
    );
    const oracle = await train(await readInteractions(rows), { trainedAt: 1, budgetMs: 0 });
    const meta = JSON.stringify({ algorithm: 'blend', share: 0.1 });
    const { sha256 } = await data.models.put(encodeModel(oracle), meta, 1);
    await data.models.activate(null, sha256, 0);
    expect(await replica({ TRAIN_MARGIN: '0' }).trainer.train()).toMatchObject({
      outcome: 'worse',
    });
    expect(await data.models.active()).toMatchObject({ sha256 });
    expect(await data.models.list()).toHaveLength(1);
    expect(await replica({ TRAIN_MARGIN: '1' }).trainer.train()).toMatchObject({
      outcome: 'activated',
    });
  });

  it('replaces an active model that cannot be read', async () => {
    const { trainer, current } = replica();
    await happen('u', 'c');
    const { sha256 } = await data.models.put(new TextEncoder().encode('{"popular":[]}'), '{}', 1);
    await data.models.activate(null, sha256, 0);
    await current.refresh();
    expect(current.loaded).toBeNull();
    expect(await isDue(data, 1)).toBe(true);
    expect(await trainer.train()).toMatchObject({ outcome: 'activated' });
    expect(current.loaded).not.toBeNull();
  });
});
