/** Of content, in units of the model's scores: of two courses that have everything in common. */
const contentScale = 3;
/** Users a course needs before the model alone speaks of it. */
const knownFrom = 5;

/** By what the cosine of two courses is multiplied, of which the model knows so many users. */
export const contentShare = (users: number): number =>
  contentScale * Math.max(0, 1 - users / knownFrom);
