/** Courses by ordinal and a weight each; one array for all queries. */
export class Hits {
  ordinals = new Uint32Array(1024);
  weights = new Float64Array(1024);
  count = 0;

  /** Empty, with room for so many. */
  clear(room: number): void {
    this.count = 0;
    if (room <= this.ordinals.length) return;
    this.ordinals = new Uint32Array(room * 2);
    this.weights = new Float64Array(room * 2);
  }

  add(ordinal: number, weight: number): void {
    this.ordinals[this.count] = ordinal;
    this.weights[this.count] = weight;
    this.count += 1;
  }
}
