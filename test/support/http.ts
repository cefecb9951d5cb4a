import { request } from 'node:http';
import type { Json } from './json.js';
import type { TestServer } from './server.js';

export interface Answer {
  status: number;
  headers: Headers;
  body: Json;
  text: string;
}

export interface Ask {
  token?: string | undefined;
  body?: unknown;
  headers?: Record<string, string>;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS';

/** One request under /api/v1; a body that is a string is sent as it is. */
export async function call(
  server: TestServer,
  method: Method,
  path: string,
  { token, body, headers = {} }: Ask = {},
): Promise<Answer> {
  const response = await fetch(server.api + path, {
    method,
    redirect: 'manual',
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: parsed(text), text };
}

/** A request whose target is sent byte for byte, as `fetch` would not. */
export const callRaw = (
  server: TestServer,
  method: Method,
  target: string,
  headers: Record<string, string> = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: server.port, method, path: target, headers };
    const sent = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: new Headers(response.headers as Record<string, string>),
          body: parsed(text),
          text,
        }),
      );
    });
    sent.on('error', reject).end();
  });

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {} as Json;
  }
}
