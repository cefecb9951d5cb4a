import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SignJWT } from 'jose';
import { DataStore, type Role } from '#libs/state';
import { parseConfig } from './env.js';
import { createApp } from './platform/http/bootstrap.js';

const secret = 'a key for tests only, of more than 32 bytes';

export interface Ask {
  token?: string;
  body?: unknown;
  type?: string;
  headers?: Record<string, string>;
}

/** Any answer's body: what a test reads of it must be there, or the test fails on it. */
export interface Json {
  [field: string]: unknown;
  id: string;
  slug: string;
  title: string;
  code: string;
  status: string;
  model: string | null;
  next: string | null;
  total: number;
  progress: number;
  completedLessons: string[];
  publishedAt: string;
  items: Json[];
  lessons: Json[];
  errors: Json[];
  course: Json;
  reason: Json;
}

export interface Answer {
  status: number;
  headers: Record<string, string | undefined>;
  text: string;
  body: Json;
}

/** The application on memory stores, spoken to without a socket. */
export class TestApp {
  private constructor(readonly app: NestFastifyApplication) {}

  static async start(variables: Record<string, string> = {}): Promise<TestApp> {
    const env = parseConfig({
      NODE_ENV: 'test',
      AUTH_SECRET: secret,
      DATA_STORE: 'memory:',
      DEMO: 'off',
      RATE_LIMIT: 'off',
      LOG_LEVEL: 'silent',
      MODULES: 'course,recommendation,identity',
      ...variables,
    });
    return new TestApp(await createApp(env));
  }

  get data(): DataStore {
    return this.app.get(DataStore);
  }

  token(id: string, ...roles: Role[]): Promise<string> {
    const jwt = new SignJWT({ name: `Name of ${id}`, roles }).setProtectedHeader({ alg: 'HS256' });
    return jwt.setSubject(id).setExpirationTime('1h').sign(new TextEncoder().encode(secret));
  }

  async call(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    { token, body, type = 'application/json', headers = {} }: Ask = {},
  ): Promise<Answer> {
    const answer = await this.app.inject({
      method,
      url: `/api/v1${path}`,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': type }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = answer.body;
    const json = /^application\/(problem\+)?json/.test(String(answer.headers['content-type']));
    return {
      status: answer.statusCode,
      headers: answer.headers as Answer['headers'],
      text,
      body: (json ? JSON.parse(text) : {}) as Json,
    };
  }

  /** A published course of two lessons. */
  async publish(token: string, more: object = {}): Promise<Json> {
    const body = {
      title: 'A course',
      language: 'en',
      level: 'beginner',
      category: 'programming',
      lessons: [
        { id: 'one', title: 'One', minutes: 10 },
        { id: 'two', title: 'Two', minutes: 20 },
      ],
      ...more,
    };
    const { body: draft } = await this.call('POST', '/courses', { token, body });
    return (await this.call('POST', `/courses/${draft.id}/publish`, { token })).body;
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
