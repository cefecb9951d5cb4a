import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Logger } from '#libs/kernel';
import { LOGGER } from '../logging/logger.js';
import { Metrics } from '../metrics/metrics.js';
import { CacheHits } from './cache-hits.js';
import { CacheScope } from './cache-scope.js';
import { etagMatches } from './entity-tag.js';
import { requestIdOf } from './request-id.js';

const maxBytes = 32 * 1024 * 1024;
/** What an entry takes beside its body and its key, roughly. */
const overheadBytes = 2048;

/** An answer to everybody, whoever asks. */
export interface Answer {
  route: string;
  etag: string;
  /** Names and values in turn, as writeHead takes them; all that do not change by request. */
  headers: string[];
  body: string;
}

export interface Entry extends Omit<Answer, 'body'> {
  scope: CacheScope;
  generation: number;
  body: Buffer;
  /** What writeHead takes; the request's id is put in its place each time. */
  whole: string[];
  unchanged: string[];
}

/** Where the id stands among the headers. */
const idAt = 1;

/**
 * Serialised answers, served before routing. One stands until something in its scope changes: it has
 * no age.
 */
@Injectable()
export class ResponseCache {
  private readonly entries = new LRUCache<string, Entry>({
    maxSize: maxBytes,
    sizeCalculation: ({ body }, key) => body.length + key.length * 2 + overheadBytes,
  });
  private readonly scopes = new Map<string, CacheScope>();
  private readonly hits: CacheHits;

  constructor(
    metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.hits = new CacheHits(metrics.registry);
  }

  scope(name: string): CacheScope {
    let scope = this.scopes.get(name);
    if (!scope) this.scopes.set(name, (scope = new CacheScope()));
    return scope;
  }

  /** `generation` is the scope's from before the answer was made: what changed meanwhile is not kept. */
  put(scope: CacheScope, generation: number, request: IncomingMessage, answer: Answer): void {
    if (scope.generation !== generation) return;
    const { route, etag, headers } = answer;
    const body = Buffer.from(answer.body);
    const unchanged = ['X-Request-Id', '', ...headers];
    const whole = [
      ...unchanged,
      ...['Content-Type', 'application/json; charset=utf-8'],
      ...['Content-Length', String(body.length)],
    ];
    const entry = { scope, generation, route, etag, headers, whole, unchanged, body };
    this.entries.set(keyOf(request), entry);
  }

  /** Answers for somebody unknown, or leaves it to `otherwise`. */
  serve(request: IncomingMessage, response: ServerResponse, otherwise: () => void): void {
    const { method, headers } = request;
    const entry =
      headers.authorization === undefined && (method === 'GET' || method === 'HEAD')
        ? this.entries.get(keyOf(request))
        : undefined;
    if (!entry) return otherwise();
    const refreshed = entry.scope.refresh();
    const decide = (): void =>
      isCurrent(entry) ? this.answer(entry, request, response) : otherwise();
    if (refreshed) void refreshed.then(decide, otherwise);
    else decide();
  }

  /** The answer to a caller who was let in. */
  async held(request: IncomingMessage): Promise<Entry | undefined> {
    const entry = this.entries.get(keyOf(request));
    await entry?.scope.refresh();
    return entry && isCurrent(entry) ? entry : undefined;
  }

  private answer(entry: Entry, request: IncomingMessage, response: ServerResponse): void {
    const { etag, body, route } = entry;
    const id = requestIdOf(request);
    const match = request.headers['if-none-match'];
    const status = match !== undefined && etagMatches(match, etag) ? 304 : 200;
    const headers = status === 304 ? entry.unchanged : entry.whole;
    headers[idAt] = id;
    response.writeHead(status, headers);
    if (status === 304 || request.method === 'HEAD') response.end();
    else response.end(body);
    this.hits.count(route, status);
    const { method, url } = request;
    this.logger.debug({ requestId: id, method, url, status, cached: true }, 'request');
  }
}

const isCurrent = ({ scope, generation }: Entry): boolean => scope.generation === generation;

/** All that an answer to everybody depends on beside the data; no part can have a line break in it. */
const keyOf = ({ url, headers }: IncomingMessage): string =>
  `${url}\n${headers['accept-language'] ?? ''}\n${headers.origin ?? ''}`;
