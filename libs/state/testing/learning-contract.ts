import { type DataStore, NoSuchRecord } from '#libs/state';
import { content, document } from './data-records.js';

export function learningContract(data: () => DataStore): void {
  const learning = () => data().learning;
  const statistics = async () => {
    const course = await data().courses.byId('c');
    return course && [course.enrolments, course.ratingCount, course.ratingSum, course.version];
  };

  describe('learning', () => {
    beforeEach(async () => {
      for (const id of ['c', 'b', 'a']) await data().courses.create(id, content(id), document(), 1);
    });

    it('enrols once, and counts once, however often and at once it is asked', async () => {
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => learning().enrol('u', 'c', 7)),
      );
      expect(answers.filter(({ created }) => created)).toHaveLength(1);
      expect(answers[4]?.enrolment).toEqual({
        user: 'u',
        courseId: 'c',
        enrolledAt: 7,
        completedLessons: [],
      });
      expect(await statistics()).toEqual([1, 0, 0, 1]);
    });

    it('takes no one into a course that does not exist', async () => {
      await expect(learning().enrol('u', 'none', 1)).rejects.toThrow(NoSuchRecord);
      await expect(
        learning().rate({ user: 'u', courseId: 'none', stars: 1, at: 1 }),
      ).rejects.toThrow(NoSuchRecord);
    });

    it('counts who leaves once; their rating stays', async () => {
      await learning().enrol('u', 'c', 1);
      await learning().rate({ user: 'u', courseId: 'c', stars: 4, at: 1 });
      expect(await learning().leave('u', 'c')).toBe(true);
      expect(await learning().leave('u', 'c')).toBe(false);
      expect(await learning().enrolment('u', 'c')).toBeNull();
      expect(await statistics()).toEqual([0, 1, 4, 1]);
    });

    it('lists a user’s enrolments newest first, ties by course, page by page', async () => {
      await learning().enrol('u', 'b', 5);
      await learning().enrol('u', 'a', 5);
      await learning().enrol('u', 'c', 9);
      await learning().enrol('v', 'c', 9);
      const first = await learning().enrolmentsOf('u', { limit: 2 });
      expect(first.map(({ courseId }) => courseId)).toEqual(['c', 'a']);
      const rest = await learning().enrolmentsOf('u', {
        limit: 2,
        after: { enrolledAt: 5, courseId: 'a' },
      });
      expect(rest.map(({ courseId }) => courseId)).toEqual(['b']);
    });

    it('keeps lessons done, in the order they were done, each once', async () => {
      await learning().enrol('u', 'c', 1);
      await learning().setLesson('u', 'c', '2', true);
      await learning().setLesson('u', 'c', '1', true);
      expect((await learning().setLesson('u', 'c', '2', true)).completedLessons).toEqual([
        '2',
        '1',
      ]);
      expect((await learning().setLesson('u', 'c', '2', false)).completedLessons).toEqual(['1']);
      await expect(learning().setLesson('v', 'c', '1', true)).rejects.toThrow(NoSuchRecord);
    });

    it('replaces a user’s earlier rating', async () => {
      await learning().rate({ user: 'u', courseId: 'c', stars: 2, at: 1 });
      await learning().rate({ user: 'u', courseId: 'c', stars: 5, comment: 'better', at: 2 });
      await learning().rate({ user: 'v', courseId: 'c', stars: 3, at: 2 });
      expect(await statistics()).toEqual([0, 2, 8, 1]);
    });

    it('imports many at once, leaving out what exists and what has no course', async () => {
      await learning().enrol('u', 'c', 1);
      const enrolment = (user: string, courseId: string) => ({
        user,
        courseId,
        enrolledAt: 5,
        completedLessons: ['1'],
      });
      const rating = (user: string, courseId: string, stars: 2 | 4) => ({
        user,
        courseId,
        stars,
        at: 5,
      });
      await learning().importAll(
        [enrolment('u', 'c'), enrolment('v', 'c'), enrolment('v', 'none')],
        [rating('v', 'c', 4), rating('v', 'c', 2), rating('v', 'none', 2)],
      );
      expect(await statistics()).toEqual([2, 1, 4, 1]);
      expect(await learning().enrolment('u', 'c')).toMatchObject({ enrolledAt: 1 });
      expect(await learning().enrolment('v', 'c')).toEqual(enrolment('v', 'c'));
      expect(await learning().enrolment('v', 'none')).toBeNull();
    });
  });
}
