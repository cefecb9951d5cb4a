/** Where a long computation stands, 0 … 1; called as often as a few milliseconds of work have been done, or more. */
export type Step = (done: number) => void | Promise<void>;
