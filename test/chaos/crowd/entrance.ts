import { Centrifuge } from 'centrifuge';
import { WebSocket } from 'ws';
import type { Random } from '../random.js';

/** How long one HTTP request may take before its sender gives it up, ms. */
const requestMs = 6000;

export interface Person {
  id: string;
  token: string;
}

/** An answer that is not what was asked for; `message` names it as the record does. */
export class Refusal extends Error {}

/** Where clients get in: one of some addresses each time, as a balancer would choose. */
export class Entrance {
  /** How often each refusal was met. */
  readonly refusals: Record<string, number> = {};

  constructor(
    private readonly urls: readonly string[],
    private readonly random: Random,
  ) {}

  refused(answer: string): void {
    this.refusals[answer] = (this.refusals[answer] ?? 0) + 1;
  }

  /** An official client, unmodified; it connects to a choice of its own each time. */
  client({ token }: Person): Centrifuge {
    const choose = () =>
      `${this.random.pick(this.urls).replace('http', 'ws')}/connection/websocket`;
    class Wire extends WebSocket {
      constructor() {
        super(choose());
      }
    }
    const client = new Centrifuge(choose(), {
      token,
      websocket: Wire,
      minReconnectDelay: 100,
      maxReconnectDelay: 2000,
    });
    client.on('error', ({ error }) => {
      if (error.code >= 100) this.refused(`connect ${error.code}`);
    });
    return client;
  }

  /** @throws Refusal unless it is answered with a status of 2xx */
  async ask(who: Person, method: string, path: string, body?: object): Promise<unknown> {
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(`${this.random.pick(this.urls)}/api/v1${path}`, {
        method,
        signal: AbortSignal.timeout(requestMs),
        headers: {
          authorization: `Bearer ${who.token}`,
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
      text = await answer.text();
    } catch (error) {
      throw this.refusal('http: no answer', error);
    }
    if (answer.ok) return JSON.parse(text);
    const { status, headers } = answer;
    const documented =
      headers.get('content-type')?.startsWith('application/problem+json') &&
      (status !== 503 || headers.has('retry-after'));
    throw this.refusal(`http ${status}${documented ? '' : ', not as documented'}`, text);
  }

  refusal(answer: string, cause: unknown): Refusal {
    this.refused(answer);
    return new Refusal(answer, { cause });
  }
}
