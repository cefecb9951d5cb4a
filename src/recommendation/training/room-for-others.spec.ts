import { setImmediate as turn } from 'node:timers/promises';
import { Busyness, restAmid, restBeside } from './room-for-others.js';

describe('making room for others', () => {
  afterEach(() => jest.restoreAllMocks());

  it.each([
    { busy: 0, worked: 10, rests: false },
    { busy: 1000, worked: 10, rests: true },
    { busy: 1000, worked: 0, rests: false },
  ])(
    'beside a loop that is busy $busy of 1,000, $worked ms of work: $rests',
    async ({ busy, worked, rests }) => {
      let now = 5;
      jest.spyOn(performance, 'now').mockImplementation(() => now);
      const pause = restBeside(Int32Array.of(busy));
      now += worked;
      let begun = false;
      const next = pause().then(() => (begun = true));
      for (const _ of [1, 2]) await turn();
      expect(begun).toBe(!rests);
      await next;
    },
  );

  it('rests longer in a thread that has less time left, within bounds', () => {
    const utilization = jest.spyOn(performance, 'eventLoopUtilization');
    const rests = [0, 0.5, 0.7, 1].map((busy) => {
      utilization.mockReturnValue({ idle: 0, active: 0, utilization: busy });
      return restAmid()(2);
    });
    expect(rests).toEqual([8, 32, expect.closeTo(88.9, 1), 128]);
    expect(restAmid()(5000)).toBe(1000);
  });

  it('tells how busy the loop is as a share of 1,000, and lets the process end', async () => {
    const busyness = new Busyness();
    busyness.tell();
    expect(busyness.cell[0]).toBe(0);
    let told = 0;
    while (told === 0) {
      await turn();
      told = Atomics.load(busyness.cell, 0);
    }
    expect(told).toBeLessThanOrEqual(1000);
    busyness.stop();
  });
});
