import { faultKinds, nameOf, type Plan, schedule } from './schedule.js';

const plan = (more: Partial<Plan> = {}): Plan => ({
  seed: 1,
  seconds: 600,
  replicas: 3,
  servers: ['redis', 'postgres'],
  forgetful: [],
  ...more,
});

describe('a schedule of faults', () => {
  it('follows from its seed', () => {
    expect(schedule(plan({ seed: 7 }))).toEqual(schedule(plan({ seed: 7 })));
    expect(schedule(plan({ seed: 7 }))).not.toEqual(schedule(plan({ seed: 8 })));
  });

  it('has every fault on every part, on either side of a replica', () => {
    const kinds = (part: string) =>
      new Set(schedule(plan()).flatMap(({ kind, target }) => (target.part === part ? kind : [])));
    for (const [part, expected] of Object.entries(faultKinds))
      expect([...kinds(part)].sort()).toEqual([...expected].sort());
    const names = new Set(schedule(plan()).map(({ target }) => nameOf(target)));
    expect(names.size).toBe(3 * 4 + 2);
  });

  it('keeps to its time and does two things to no target at once', () => {
    const until = new Map<string, number>();
    for (const { at, ms, target } of schedule(plan())) {
      expect(at).toBeGreaterThanOrEqual(until.get(nameOf(target)) ?? 0);
      expect(at + ms).toBeLessThanOrEqual(600_000);
      until.set(nameOf(target), at + ms);
    }
  });

  it('ends with hints that are lost where no later one can tell', () => {
    const last = schedule(plan()).find(({ at }) => at === 597_000);
    expect(last).toMatchObject({ ms: 3000, target: { side: 'bus' } });
  });

  it('never kills a server that would lose what it acknowledged', () => {
    const faults = schedule(plan({ servers: ['mongodb'], forgetful: ['mongodb'] }));
    const onServer = faults.filter(({ target }) => target.part === 'server');
    expect(new Set(onServer.map(({ kind }) => kind))).toEqual(new Set(['restart']));
  });

  it.each([1, 2, 3])('kills replicas in a minute too, and early enough (seed %i)', (seed) => {
    const faults = schedule(plan({ seed, seconds: 60 }));
    const kills = faults.filter(({ kind, target }) => kind === 'kill' && target.part === 'replica');
    expect(kills.length).toBeGreaterThan(0);
    for (const { at } of kills) expect(at).toBeLessThanOrEqual(30_000);
  });
});
