import { type Model, placeOf } from '#libs/recommender';
import { contentShare } from './content-share.js';
import type { CourseShelf, Shelved } from './course-shelf.js';

/** A model beside the shelf: by place on the shelf, as long as neither changes. */
export interface Shown {
  model: Model | null;
  shelf: CourseShelf;
  /** Place in the model; −1 where it does not know the course. */
  modelPlaces: Int32Array;
  /** Users that the model knows. */
  users: Float64Array;
  /** `contentShare` of each. */
  contentShares: Float64Array;
  /** ln(1 + learners) · damped average of stars over the largest, 0 to 1; 0 where the course is not published. */
  popularity: Float64Array;
}

/** Learners are those enrolled or, of a history that came from elsewhere, those of the model. */
const popularityOf = ({ facts, liked }: Shelved, users: number): number =>
  facts?.status === 'published' ? Math.log1p(Math.max(facts.enrolments, users)) * liked : 0;

export function show(model: Model | null, shelf: CourseShelf): Shown {
  const { courses } = shelf;
  const modelPlaces = Int32Array.from(courses, ({ id }) => (model ? placeOf(model, id) : -1));
  const users = Float64Array.from(modelPlaces, (place) => model?.popularity[place] ?? 0);
  const popularity = Float64Array.from(courses, (course, at) =>
    popularityOf(course, users[at] ?? 0),
  );
  const most = popularity.reduce((largest, value) => Math.max(largest, value), 0) || 1;
  return {
    model,
    shelf,
    modelPlaces,
    users,
    contentShares: users.map(contentShare),
    popularity: popularity.map((value) => value / most),
  };
}
