/** What the generator needs to know of a course. */
export interface DemoCourse {
  id: string;
  category: string;
  language: string;
}

export interface SyntheticInteraction {
  user: string;
  courseId: string;
  type: 'view' | 'enrol' | 'complete' | 'rate';
  value?: number;
  at: number;
}

export interface SyntheticLearners {
  /** Index n is the learner `demo-learner-n`. */
  learners: { id: string; name: string }[];
  interactions: SyntheticInteraction[];
}

const dayMs = 24 * 3600_000;

const given = ['Alex', 'Robin', 'Sam', 'Kim', 'Noor', '小雨', '子涵', '思琪', '浩然', '明轩'];
const family = ['Berg', 'Costa', 'Diaz', 'Evans', 'Fischer', '李', '王', '张', '刘', '杨'];

/** mulberry32: small, seeded, the same everywhere. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Learners with taste: each has two favourite categories and a language; four in five of their courses
 * are of these, the more popular ones (Zipf) more often. Spread over the 60 days before `now`.
 */
export function syntheticLearners(
  courses: readonly DemoCourse[],
  { count, seed, now }: { count: number; seed: number; now: number },
): SyntheticLearners {
  const random = seeded(seed);
  const pick = <T>(items: readonly T[]): T | undefined =>
    items[Math.floor(random() * items.length)];
  const popular = <T>(items: readonly T[]): T | undefined =>
    items[Math.floor(items.length ** random()) - 1] ?? items[0];
  const categories = [...new Set(courses.map(({ category }) => category))];
  const interactions: SyntheticInteraction[] = [];
  const learners = Array.from({ length: count }, (_, at) => {
    const id = `demo-learner-${at + 1}`;
    const language = random() < 0.5 ? 'zh' : 'en';
    const favourites = new Set([pick(categories), pick(categories)]);
    const liked = courses.filter(
      (course) =>
        favourites.has(course.category) && (course.language === language || random() < 0.2),
    );
    const taken = new Set<string>();
    for (let wanted = 3 + Math.floor(random() * 6); wanted > 0; wanted -= 1) {
      const fond = liked.length > 0 && random() < 0.8;
      const course = fond ? popular(liked) : pick(courses);
      if (!course || taken.has(course.id)) continue;
      taken.add(course.id);
      const at = now - Math.floor(random() * 60 * dayMs);
      const add = (type: SyntheticInteraction['type'], after: number, value?: number): void => {
        const when = Math.min(now, at + Math.floor(after * dayMs));
        interactions.push({
          user: id,
          courseId: course.id,
          type,
          at: when,
          ...(value !== undefined && { value }),
        });
      };
      add('view', 0);
      add('enrol', 0.1);
      if (random() < 0.5) add('complete', 5);
      if (random() < 0.6)
        add(
          'rate',
          6,
          Math.min(5, Math.max(1, Math.round((fond ? 4.3 : 3) + (random() - 0.5) * 2))),
        );
    }
    return {
      id,
      name:
        language === 'zh'
          ? `${family[5 + (at % 5)]}${given[5 + ((at * 3) % 5)]}`
          : `${given[at % 5]} ${family[(at * 3) % 5]}`,
    };
  });
  return { learners, interactions };
}
