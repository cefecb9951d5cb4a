import { ManualClock, newId, silentLogger } from '#libs/kernel';
import type { DataStore } from '#libs/state';
import { adapters } from '#libs/state/adapters';
import { InteractionLog } from '../../course/index.js';
import { CurrentModel } from './current-model.js';
import { Trainer } from './trainer.js';

const hour = 3600_000;

describe('training', () => {
  let clock: ManualClock;
  let data: DataStore;

  beforeEach(async () => {
    clock = new ManualClock();
    const memory = adapters.find(({ name }) => name === 'memory')?.data;
    if (!memory) throw new Error('no memory adapter');
    data = memory({ url: 'memory:', variable: 'DATA_STORE', clock, logger: silentLogger });
    await data.open();
  });

  /** One process over the store. */
  const replica = () => {
    const log = new InteractionLog(data, clock, silentLogger);
    const current = new CurrentModel(data, silentLogger);
    return { log, current, trainer: new Trainer(data, current, log, clock, silentLogger) };
  };
  const happen = (user: string, courseId: string) =>
    data.interactions.append([{ id: newId(), user, courseId, type: 'enrol', at: clock.now() }]);

  it('happens where something is new, or what trends has aged', async () => {
    const { trainer, current } = replica();
    expect(await trainer.trainOnce()).toBe(false);
    await happen('u', 'c');
    expect(await trainer.trainOnce()).toBe(true);
    const first = current.version;
    expect(await trainer.trainOnce()).toBe(false);
    clock.advance(hour);
    expect(await trainer.trainOnce()).toBe(true);
    expect(current.version).not.toBe(first);
  });

  it('is done by one replica, and its model serves the others', async () => {
    const [one, other] = [replica(), replica()];
    await happen('u', 'c');
    await one.trainer.trainOnce();
    expect(await other.trainer.trainOnce()).toBe(false);
    await other.current.refresh();
    expect(other.current.version).toBe(one.current.version);
    expect(other.current.model).toEqual(one.current.model);
  });

  it('waits while another holds the lease, and takes over after its deadline', async () => {
    const { trainer } = replica();
    await happen('u', 'c');
    await data.leases.acquire('recommendation-trainer', 'another', clock.now() + hour);
    expect(await trainer.trainOnce()).toBe(false);
    clock.advance(hour + 1);
    expect(await trainer.trainOnce()).toBe(true);
  });

  it('keeps few models', async () => {
    const { trainer } = replica();
    for (let n = 0; n < 6; n += 1) {
      await happen(`u${n}`, 'c');
      expect(await trainer.trainOnce()).toBe(true);
    }
    expect(await data.models.list()).toHaveLength(3);
  });

  it('catches up before an answer with what this process was told', async () => {
    const { trainer, log, current } = replica();
    await log.append([{ user: 'u', courseId: 'c', type: 'enrol' }]);
    await trainer.catchUp();
    expect(current.model.popular.map(({ item }) => item)).toEqual(['c']);
  });
});
