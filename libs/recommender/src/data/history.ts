/** What one user did, by place of the item in the catalogue it is scored against; both arrays are equally long. */
export interface History {
  items: Int32Array;
  /** As `InteractionRow.weight`: 1 is a plain interaction. */
  weights: Float32Array | Float64Array;
}
