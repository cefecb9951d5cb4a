import { HistoryScorer } from '#libs/recommender';
import { BestFirst, type Ranked } from './best-first.js';
import { contentShare } from './content-share.js';
import { isOffered, type ShelfFilter } from './course-shelf.js';
import type { Shown } from './shown.js';

export interface Neighbour extends Ranked {
  /** Whether learners or content say more of it. */
  by: 'learners' | 'content';
}

/**
 * What resembles a course: by what those who took it took as well and, as far as the model knows
 * either of the two too little, by content. Only what something speaks for; best first, ties by id.
 */
export function neighbours(
  { model, shelf, modelPlaces, users }: Shown,
  id: string,
  count: number,
  filter: ShelfFilter,
): Neighbour[] {
  const self = shelf.placeOf(id);
  const course = shelf.courses[self];
  if (!course) return [];
  const scores = model && new HistoryScorer(model, [{ item: id, weight: 1 }]).scores();
  const found = new BestFirst<Neighbour>(count);
  shelf.space.comparing([{ vector: course.vector, weight: 1 }], (cosine) => {
    for (let at = 0; at < shelf.courses.length; at += 1) {
      const other = shelf.courses[at]!;
      if (at === self || !isOffered(other.facts, filter)) continue;
      const place = modelPlaces[at]!;
      const taken = place < 0 ? 0 : Math.max(0, scores?.[place] ?? 0);
      const known = Math.min(users[at]!, users[self]!);
      const alike = contentShare(known) * cosine(other.vector);
      const score = taken + alike;
      if (score > 0)
        found.add({ id: other.id, score, by: taken >= alike ? 'learners' : 'content' });
    }
  });
  return found.items;
}
