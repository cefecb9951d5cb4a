export const violationKinds = [
  'lost',
  'duplicated',
  'reordered',
  'gap',
  'phantom',
  'unacknowledged',
  'epoch',
  'ended',
  'presence',
  'answer',
  'process',
] as const;

export interface Violation {
  kind: (typeof violationKinds)[number];
  what: string;
  room?: string;
  receiver?: string;
  /** The message or position it is about. */
  key?: string;
  seq?: number;
  /** When it showed, where that is known. */
  at?: number;
}
