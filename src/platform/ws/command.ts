export interface Command {
  /** 0 where the client wants no reply. */
  id: number;
  verb: string;
  params: unknown;
}
