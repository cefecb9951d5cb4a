/** What a replica tells the others of a room. */
export type Hint =
  /** What commits added to the room: wire JSON, which names its own seq. */
  | { kind: 'events'; epoch: string; lines: readonly string[] }
  /** Typing and the like: the publication's data as JSON. */
  | { kind: 'ephemeral'; data: string }
  /** The room is gone, or this user has to leave it. */
  | { kind: 'ended'; user?: string };

/**
 * A hint as text: `<node> <kind> [<epoch>]`, then its body from the second line on. Events are carried
 * as they go to clients, one a line, so that nobody parses or builds them again.
 */
export function writeHint(node: string, hint: Hint): string {
  if (hint.kind === 'events') return `${node} events ${hint.epoch}\n${hint.lines.join('\n')}`;
  if (hint.kind === 'ephemeral') return `${node} ephemeral\n${hint.data}`;
  return `${node} ended\n${JSON.stringify(hint.user ?? null)}`;
}

/** Undefined where it is the reader's own, or nothing that this version knows. */
export function readHint(node: string, payload: string): Hint | undefined {
  if (payload.startsWith(`${node} `)) return undefined;
  const end = payload.indexOf('\n');
  const [, kind, epoch = ''] = payload.slice(0, end).split(' ');
  const body = payload.slice(end + 1);
  if (kind === 'events') return { kind, epoch, lines: body.split('\n') };
  if (kind === 'ephemeral') return { kind, data: body };
  if (kind !== 'ended') return undefined;
  const user = JSON.parse(body) as string | null;
  return { kind, ...(user !== null && { user }) };
}
