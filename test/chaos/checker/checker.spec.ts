import fc from 'fast-check';
import type { ChaosRecord, ReceiverRecord, RoomRecord, Step } from '../record.js';
import { check } from './index.js';
import { mutations, recordOf, rightRoom, shapes } from './records.testing.js';

const right = rightRoom({
  messages: 6,
  readers: [{ from: 2, cuts: [4], reloads: false }],
});
const kindsOf = (room: Partial<RoomRecord>) =>
  check(recordOf({ ...right, ...room })).map(({ kind }) => kind);

/** The record where its first reader was given something else. */
const reading = (change: (steps: readonly Step[]) => readonly Step[]) => {
  const [first, ...rest] = right.receivers as [ReceiverRecord, ...ReceiverRecord[]];
  return kindsOf({ receivers: [{ ...first, steps: change(first.steps) }, ...rest] });
};

describe('the checker of a run', () => {
  it('finds nothing wrong with a record that is right', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        expect(check(recordOf(rightRoom(shape)))).toEqual([]);
      }),
    );
  });

  it('finds every single thing that is changed in a right record', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const missed = mutations(rightRoom(shape))
          .filter(({ room }) => check(recordOf(room)).length === 0)
          .map(({ name }) => name);
        expect(missed).toEqual([]);
      }),
    );
  });

  it('tells a message that was acknowledged and is not in history', () => {
    const history = right.history.slice(0, -1);
    expect(kindsOf({ history })).toContain('lost');
  });

  it('tells a message that is stored twice', () => {
    const history = [...right.history, { seq: 8, id: 'id-8', key: 'ada/1' }];
    expect(kindsOf({ history })).toContain('duplicated');
  });

  it('tells a message that nobody sent', () => {
    const history = [...right.history, { seq: 8, id: 'id-8', key: 'ada/ghost' }];
    expect(kindsOf({ history })).toContain('phantom');
  });

  it('tells a gap, and from the tail a loss', () => {
    expect(reading((steps) => steps.toSpliced(3, 1))).toEqual(['gap']);
    expect(reading((steps) => steps.slice(0, -1))).toEqual(['lost']);
  });

  it('tells a repeat', () => {
    expect(reading((steps) => [...steps, ...steps.slice(-1)])).toEqual(['duplicated']);
  });

  it('tells two that were swapped', () => {
    const [joined, one, two, ...rest] = right.receivers[0]?.steps as [Step, Step, Step, ...Step[]];
    expect(reading(() => [joined, two, one, ...rest])).toEqual(['reordered']);
  });

  it('tells what was heard and is not in history', () => {
    const ghost: Step = { at: 9, what: 'heard', seq: 8, key: 'ada/ghost' };
    expect(reading((steps) => [...steps, ghost])).toEqual(['phantom']);
  });

  it.each([
    ['rpc 100', 'answer'],
    ['rpc 102', 'answer'],
    ['http 502', 'answer'],
    ['http 404', 'answer'],
    ['rpc 108', undefined],
    ['connect 108', undefined],
    ['http 503', undefined],
    ['http 503, not as documented', 'answer'],
    ['http: no answer', undefined],
  ])('takes "%s" for the answer of a server that fails well or does not', (answer, kind) => {
    const record: ChaosRecord = { ...recordOf(right), refusals: { [answer]: 1 } };
    expect(check(record)[0]?.kind).toBe(kind);
  });

  it('wants every request answered where no wire is cut', () => {
    const record = { ...recordOf(right), refusals: { 'http: no answer': 1 } };
    expect(check({ ...record, everyRequestAnswered: true })).toMatchObject([{ kind: 'answer' }]);
  });

  it.each([
    [{ asked: null, served: true, how: 'code 1' }, 'process'],
    [{ asked: null, served: false, how: 'code 70' }, 'process'],
    [{ asked: null, served: false, how: 'code 69' }, undefined],
    [{ asked: 'terminate', served: true, how: 'SIGKILL' }, 'process'],
    [{ asked: 'terminate', served: true, how: 'code 0' }, undefined],
    [{ asked: 'kill', served: true, how: 'SIGKILL' }, undefined],
  ] as const)('takes the end %j of a replica for one to be told or not', (exit, kind) => {
    const record = { ...recordOf(right), exits: [{ at: 1, replica: 0, ...exit }] };
    expect(check(record)[0]?.kind).toBe(kind);
  });
});
