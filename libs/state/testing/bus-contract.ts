import { type EventBus, StoreUnavailable } from '#libs/state';
import { factoryOf, optionsFor, type Subject } from './subject.js';
import { storePromises } from './traits.js';

/** Resolves once `count` payloads came. */
function collector(count: number) {
  const received: string[] = [];
  let done: () => void = () => undefined;
  const complete = new Promise<void>((resolve) => (done = resolve));
  const handler = (payload: string) => {
    received.push(payload);
    if (received.length === count) done();
  };
  return { received, complete, handler };
}

export function busContract(subject: Subject): void {
  const make = factoryOf(subject, 'bus');

  describe(`the event bus on ${subject.adapter.name}`, () => {
    let bus: EventBus;

    beforeEach(async () => {
      bus = make(await optionsFor(subject));
      await bus.open();
    });

    afterEach(() => bus.close());

    storePromises(subject, make, null);

    it('brings every subscriber of a topic, the sender included, what is published after subscribing, in order', async () => {
      const [one, other] = [collector(3), collector(3)];
      await bus.subscribe('t', one.handler);
      await bus.subscribe('t', other.handler);
      for (const payload of ['1', '2', '课 😀']) await bus.publish('t', payload);
      await Promise.all([one.complete, other.complete]);
      expect(one.received).toEqual(['1', '2', '课 😀']);
      expect(other.received).toEqual(one.received);
    });

    it('keeps topics apart', async () => {
      const [here, there] = [collector(1), collector(1)];
      await bus.subscribe('here', here.handler);
      await bus.subscribe('there', there.handler);
      await bus.publish('there', 'x');
      await there.complete;
      expect(here.received).toEqual([]);
    });

    it('brings nothing to a subscription that was ended, and all to the others', async () => {
      const [ended, kept] = [collector(1), collector(1)];
      const end = await bus.subscribe('t', ended.handler);
      await bus.subscribe('t', kept.handler);
      await end();
      await end();
      await bus.publish('t', 'x');
      await kept.complete;
      expect(ended.received).toEqual([]);
    });

    it('disturbs nobody where one handler throws', async () => {
      const fine = collector(1);
      await bus.subscribe('t', () => {
        throw new Error('broken handler');
      });
      await bus.subscribe('t', fine.handler);
      await bus.publish('t', 'x');
      await fine.complete;
      expect(fine.received).toEqual(['x']);
    });

    it('is unavailable once closed', async () => {
      await bus.close();
      await expect(bus.publish('t', 'x')).rejects.toThrow(StoreUnavailable);
      await expect(bus.subscribe('t', () => undefined)).rejects.toThrow(StoreUnavailable);
    });
  });
}
