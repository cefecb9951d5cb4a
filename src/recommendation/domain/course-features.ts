import { tokenize } from '#libs/search';
import type { CourseFacts } from '#libs/state';

/** A unit vector of what a course is about; `names` ascend, so that sums are equal on every replica. */
export interface FeatureVector {
  features: Int32Array;
  values: Float64Array;
}

/** How much two courses have in common that share a feature. */
const worth = { category: 1, tag: 1, language: 0.7, level: 0.5, word: 0.5 };

/** One of the vectors that are added up to a profile. */
export interface Weighted {
  vector: FeatureVector;
  weight: number;
}

/** Numbers features as they come; the numbers are this process's own. */
export class FeatureSpace {
  private readonly numbers = new Map<string, number>();
  /** 0 but for what is being compared with. */
  private dense = new Float64Array(0);

  /**
   * Hands `work` the dot product with the sum of a profile's vectors: of one alone its cosine. For one profile at a
   * time.
   */
  comparing<T>(
    profile: readonly Weighted[],
    work: (product: (other: FeatureVector) => number) => T,
  ): T {
    if (this.dense.length < this.numbers.size) this.dense = new Float64Array(2 * this.numbers.size);
    const { dense } = this;
    for (const { vector, weight } of profile)
      for (let at = 0; at < vector.features.length; at += 1)
        dense[vector.features[at]!]! += weight * vector.values[at]!;
    try {
      return work(({ features, values }) => {
        let sum = 0;
        for (let at = 0; at < features.length; at += 1) sum += dense[features[at]!]! * values[at]!;
        return sum;
      });
    } finally {
      for (const { vector } of profile) for (const feature of vector.features) dense[feature] = 0;
    }
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
