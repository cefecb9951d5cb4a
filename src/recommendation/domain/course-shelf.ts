import type { CourseFacts } from '#libs/state';
import { FeatureSpace, type FeatureVector } from './course-features.js';

/** Values of one field are alternatives; fields must all match. */
export interface ShelfFilter {
  category?: readonly string[] | undefined;
  language?: readonly string[] | undefined;
  level?: readonly string[] | undefined;
}

export interface Shelved {
  id: string;
  /** Null where the course is gone. */
  facts: CourseFacts | null;
  vector: FeatureVector;
  /** How well it is liked: the damped average of stars, as the catalogue sorts by. */
  liked: number;
}

/** The courses of the store as this replica knows them. A course keeps its place as long as the process lives. */
export class CourseShelf {
  readonly courses: Shelved[] = [];
  readonly space = new FeatureSpace();
  private readonly places = new Map<string, number>();

  /** Facts of null take it off. */
  put(id: string, facts: CourseFacts | null): void {
    const place = this.places.get(id);
    const before = place === undefined ? undefined : this.courses[place];
    if (facts === null) {
      if (before) before.facts = null;
      return;
    }
    const liked = (facts.ratingSum + 15) / (facts.ratingCount + 5);
    const vector =
      before?.facts && sameContent(before.facts, facts)
        ? before.vector
        : this.space.vectorOf(facts);
    if (before) Object.assign(before, { facts, vector, liked });
    else {
      this.places.set(id, this.courses.length);
      this.courses.push({ id, facts, vector, liked });
    }
  }

  find(id: string): Shelved | undefined {
    const place = this.places.get(id);
    return place === undefined ? undefined : this.courses[place];
  }

  placeOf(id: string): number {
    return this.places.get(id) ?? -1;
  }
}

type Offer = Pick<CourseFacts, 'status' | 'category' | 'language' | 'level'>;

/** Published, and as the filter wants it. */
export const isOffered = <T extends Offer>(course: T | null, filter: ShelfFilter): course is T =>
  course?.status === 'published' &&
  (!filter.category || filter.category.includes(course.category)) &&
  (!filter.language || filter.language.includes(course.language)) &&
  (!filter.level || filter.level.includes(course.level));

const sameContent = (one: CourseFacts, other: CourseFacts): boolean =>
  one.title === other.title &&
  one.category === other.category &&
  one.language === other.language &&
  one.level === other.level &&
  one.tags.length === other.tags.length &&
  one.tags.every((tag, at) => tag === other.tags[at]);
