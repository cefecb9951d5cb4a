import { tokenize } from '#libs/search';
import type { CourseFacts } from '#libs/state';

/** A unit vector of what a course is about; `names` ascend, so that sums are equal on every replica. */
export interface FeatureVector {
  features: Int32Array;
  values: Float64Array;
}

/** How much two courses have in common that share a feature. */
const worth = { category: 1, tag: 1, language: 0.7, level: 0.5, word: 0.5 };

/** Numbers features as they come; the numbers are this process's own. */
export class FeatureSpace {
  private readonly numbers = new Map<string, number>();

  get size(): number {
    return this.numbers.size;
  }

  /** Category, tags, language, level and the words of the title, normalised. */
  vectorOf({ category, tags, language, level, title }: CourseFacts): FeatureVector {
    const weights = new Map<string, number>([
      [`category ${category}`, worth.category],
      [`language ${language}`, worth.language],
      [`level ${level}`, worth.level],
    ]);
    for (const tag of tags) weights.set(`tag ${tag}`, worth.tag);
    for (const word of tokenize(title)) weights.set(`word ${word}`, worth.word);
    const sorted = [...weights].sort(([one], [other]) => (one < other ? -1 : 1));
    const norm = Math.sqrt(sorted.reduce((sum, [, weight]) => sum + weight * weight, 0));
    return {
      features: Int32Array.from(sorted, ([name]) => this.number(name)),
      values: Float64Array.from(sorted, ([, weight]) => weight / norm),
    };
  }

  private number(name: string): number {
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    this.numbers.set(name, this.numbers.size);
    return this.numbers.size - 1;
  }
}

/** Of two courses; added up in the order of the second. */
export function cosine(one: FeatureVector, other: FeatureVector): number {
  let sum = 0;
  for (let at = 0; at < other.features.length; at += 1) {
    const there = one.features.indexOf(other.features[at]!);
    if (there >= 0) sum += one.values[there]! * other.values[at]!;
  }
  return sum;
}

/** A dense vector to compare many others with. */
export class Profile {
  private readonly values: Float64Array;

  constructor({ size }: FeatureSpace) {
    this.values = new Float64Array(size);
  }

  add({ features, values }: FeatureVector, weight = 1): this {
    for (let at = 0; at < features.length; at += 1)
      this.values[features[at]!]! += weight * values[at]!;
    return this;
  }

  /** The dot product: with one course added to the profile, the cosine of the two. */
  with({ features, values }: FeatureVector): number {
    let sum = 0;
    for (let at = 0; at < features.length; at += 1)
      sum += this.values[features[at]!]! * values[at]!;
    return sum;
  }
}
