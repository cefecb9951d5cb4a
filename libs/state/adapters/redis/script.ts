import { hash } from 'node:crypto';
import type { Client } from './client.js';
import { isUnknownScript } from './redis-errors.js';

export type Argument = string | number;

/**
 * A Lua script, known to the server by its hash. All keys it touches are made from those it is given
 * and have their hash tag: on a cluster it is given one.
 */
export class Script<Reply = unknown> {
  readonly sha: string;

  constructor(readonly source: string) {
    this.sha = hash('sha1', source, 'hex');
  }

  /** A server that does not know the script (restarted, or promoted) gets its text. */
  async run(client: Client, keys: readonly string[], args: readonly Argument[]): Promise<Reply> {
    try {
      return (await client.call('evalsha', [this.sha, keys.length, ...keys, ...args])) as Reply;
    } catch (error) {
      if (!isUnknownScript(error)) throw error;
      return (await client.call('eval', [this.source, keys.length, ...keys, ...args])) as Reply;
    }
  }
}
