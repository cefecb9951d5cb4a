import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Counter } from 'prom-client';
import { newId } from '#libs/kernel';
import { Metrics } from '../metrics/metrics.js';

const maxBytes = 32 * 1024 * 1024;

interface Entry {
  scope: string;
  etag: string;
  /** Raw header list for writeHead, without per-request ones. */
  headers: string[];
  notModified: string[];
  body: Buffer;
}

/** The ETag of an answer: of its content alone, so that replicas agree. */
export const etagOf = (body: string | Buffer): string =>
  `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;

/** Whether one of the entity tags of an If-None-Match or If-Match matches (weak comparison). */
export const etagMatches = (header: string, etag: string): boolean =>
  header.trim() === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);

/**
 * Serialised answers to anonymous GETs, served before routing. An entry is exact until its scope is
 * invalidated, which drops all of the scope at once: there is no age.
 */
@Injectable()
export class ResponseCache {
  private readonly entries = new LRUCache<string, Entry>({
    maxSize: maxBytes,
    sizeCalculation: ({ body }, key) => body.length + key.length * 2 + 512,
  });
  private readonly generations = new Map<string, number>();
  private readonly hits: Counter;
  private common: string[] = [];

  constructor(metrics: Metrics) {
    this.hits = new Counter({
      name: 'maxiaoke_http_cache_hits_total',
      help: 'Answers served from the response cache',
      labelNames: ['status'],
      registers: [metrics.registry],
    });
  }

  /** Headers every answer carries; set once at start. */
  use(common: Record<string, string>): void {
    this.common = Object.entries(common).flat();
  }

  /** To be taken before the answer is computed: what is invalidated meanwhile is not kept. */
  generation(scope: string): number {
    return this.generations.get(scope) ?? 0;
  }

  put(
    scope: string,
    generation: number,
    url: string,
    language: string | undefined,
    answer: { body: string; etag: string; link?: string },
  ): void {
    if (this.generation(scope) !== generation) return;
    const { etag, link } = answer;
    const bytes = Buffer.from(answer.body);
    const shared = [
      'ETag',
      etag,
      'Cache-Control',
      'no-cache',
      'Vary',
      'Accept-Language, Origin',
      ...this.common,
      ...(link === undefined ? [] : ['Link', link]),
    ];
    this.entries.set(keyOf(url, language), {
      scope,
      etag,
      notModified: shared,
      headers: [
        'Content-Type',
        'application/json; charset=utf-8',
        'Content-Length',
        String(bytes.length),
        ...shared,
      ],
      body: bytes,
    });
  }

  /** Drops all of a scope. */
  invalidate(scope: string): void {
    this.generations.set(scope, this.generation(scope) + 1);
    for (const [key, entry] of this.entries.entries())
      if (entry.scope === scope) this.entries.delete(key);
  }

  /** True where the request was answered. */
  serve(request: IncomingMessage, response: ServerResponse): boolean {
    if (request.method !== 'GET') return false;
    const { headers } = request;
    if (
      headers.authorization !== undefined ||
      headers.origin !== undefined ||
      headers.range !== undefined
    )
      return false;
    const entry = this.entries.get(keyOf(request.url ?? '', headers['accept-language']));
    if (!entry) return false;
    const given = headers['x-request-id'];
    const id = typeof given === 'string' && requestId.test(given) ? given : newId();
    const match = headers['if-none-match'];
    if (match !== undefined && etagMatches(match, entry.etag)) {
      response.writeHead(304, ['X-Request-Id', id, ...entry.notModified]).end();
      this.hits.inc(labels304);
    } else {
      response.writeHead(200, ['X-Request-Id', id, ...entry.headers]).end(entry.body);
      this.hits.inc(labels200);
    }
    return true;
  }
}

const labels200 = { status: '200' };
const labels304 = { status: '304' };

/** A request id that is kept: what is safe in logs and headers. */
export const requestId = /^[A-Za-z0-9_.:-]{1,128}$/;

const keyOf = (url: string, language: string | undefined): string => `${language ?? ''} ${url}`;
