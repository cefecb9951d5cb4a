import type { Interaction } from '#libs/state';
import { evidence, evidenceOf, spokenFor } from './evidence.js';

const did = (type: Interaction['type'], courseId: string, value?: number): Interaction => ({
  id: courseId,
  user: 'u',
  courseId,
  type,
  at: 1,
  ...(value !== undefined && { value }),
});

describe('what a user did', () => {
  it('speaks for a course by its largest weight; ratings by their stars', () => {
    const events = [
      did('view', 'a'),
      did('complete', 'a'),
      did('rate', 'b', 5),
      did('rate', 'c', 1),
    ];
    expect(evidence(events, [], []).history).toEqual([
      { item: 'a', weight: 1.5 },
      { item: 'b', weight: 1.5 },
      { item: 'c', weight: 0.5 },
    ]);
  });

  it('settles what was taken or hidden, not what was looked at', () => {
    const events = [did('view', 'viewed'), did('rate', 'rated', 3), did('complete', 'done')];
    const { settled, history } = evidence(events, [{ courseId: 'enrolled' }], ['hidden', 'rated']);
    expect([...settled].sort()).toEqual(['done', 'enrolled', 'hidden', 'rated']);
    expect(history.map(({ item }) => item)).toEqual(['done', 'enrolled', 'viewed']);
  });

  it('is bounded, however much there is', () => {
    const events = Array.from({ length: 500 }, (_, n) => did('view', `c${n}`));
    expect(evidence(events, [], []).history).toHaveLength(spokenFor);
  });

  it.each([NaN, Infinity, 0, 6, -1, undefined])('says nothing where a rating is %s', (value) => {
    expect(evidenceOf({ type: 'rate', ...(value !== undefined && { value }) })).toBe(0);
  });
});
