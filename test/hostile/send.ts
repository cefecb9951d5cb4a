import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { errorTable } from '#libs/kernel';
import type { TestServer } from '../support/server.js';
import type { HostileRequest } from './requests.js';

const statuses = new Set<number>([
  200, 201, 202, 204, 302, 304, 400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428,
]);

/** Few sockets, kept open: what one request leaves behind on a connection meets the next. */
export const agent = new Agent({ keepAlive: true, maxSockets: 16 });

interface Answer {
  status: number;
  type: string;
  text: string;
}

const send = (server: TestServer, hostile: HostileRequest): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { method, target, headers, body } = hostile;
    const sent = request(
      {
        agent,
        host: '127.0.0.1',
        port: server.port,
        method,
        path: target,
        headers: {
          ...headers,
          ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            type: String(response.headers['content-type'] ?? ''),
            text,
          }),
        );
      },
    );
    sent.on('error', reject).end(body);
  });

/** Sends a request and judges its answer: a documented status, and for an error a problem with a known code. */
export async function judge(server: TestServer, hostile: HostileRequest): Promise<void> {
  const { status, type, text } = await send(server, hostile);
  const blame = (why: string) =>
    new Error(
      `${why}: ${status} ${type} ${text.slice(0, 400)} to ${JSON.stringify(hostile).slice(0, 1500)}`,
    );
  if (!statuses.has(status)) throw blame('not a documented status');
  if (/node_modules|\.[jt]s:\d+:\d+|SQLITE_/.test(text)) throw blame('gives its inside away');
  if (status < 400 || hostile.method === 'HEAD') return;
  if (!type.startsWith('application/problem+json')) throw blame('an error that is no problem');
  const problem = JSON.parse(text) as { status: number; code: string };
  if (problem.status !== status || !Object.hasOwn(errorTable, problem.code)) {
    throw blame('a problem of another kind');
  }
}

/** The first line of the answer to bytes sent as they are. */
export const sendRaw = (server: TestServer, bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(server.port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('\r\n')) socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text.split('\r\n')[0] ?? ''));
  });
