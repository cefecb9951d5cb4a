/** The kinds of server that an adapter can need, by the name of the adapter. */
export const kindNames = ['redis', 'postgres', 'mysql', 'mongodb', 'nats'] as const;
export type KindName = (typeof kindNames)[number];

/** How a server's process is started. */
export interface Launch {
  program: string;
  args: readonly string[];
  /** The user it runs as where this process is root's. */
  user?: string;
}

/** One kind of server: how it is started in a folder of its own, and how a test gets a place in it. */
export interface ServerKind {
  readonly name: KindName;
  /** What to install where it is missing. */
  readonly install: string;
  /** The user its files belong to where this process is root's. */
  readonly user?: string;
  /** The program, or undefined where it is not installed. */
  program(): string | undefined;
  /** Makes an empty folder into a server's data. */
  initialise?(dir: string): Promise<void>;
  /** `durable` is false for the server of a whole run, which nobody kills. */
  launch(dir: string, port: number, durable: boolean): Launch;
  /** The URL of the server as a whole. */
  url(port: number): string;
  /** Rejects until the server answers. */
  ready(url: string): Promise<void>;
  /** A place that nobody has used: its URL. `name` is of lower-case letters, digits and underscores. */
  fresh(url: string, name: string): Promise<string>;
  /** Removes what `fresh` made. Rejects where something was left outside of any such place. */
  drop(url: string, names: readonly string[]): Promise<void>;
}

/** The password of every server under test: with what URLs and quoting most easily trip over. */
export const password = 'pa55:w@rd/é';
export const credentials = (user: string): string => `${user}:${encodeURIComponent(password)}`;

/** A store's URL with another path: its database. */
export function withDatabase(url: string, name: string): string {
  const made = new URL(url);
  made.pathname = `/${name}`;
  return made.href;
}
