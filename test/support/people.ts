import { randomBytes } from 'node:crypto';
import { call } from './http.js';
import type { Json } from './json.js';
import type { TestServer } from './server.js';
import { sign } from './tokens.js';

let made = 0;
/** Of this test file: several may be run on one deployment. */
const run = randomBytes(4).toString('hex');

export interface Person {
  id: string;
  token: string;
}

/** A new account, as anybody can make one. */
export async function register(server: TestServer, prefix = 'user'): Promise<Person> {
  made += 1;
  const username = `${prefix}-${run}-${made}`;
  const body = { username, password: 'correct horse battery', name: `Name of ${username}` };
  const answer = await call(server, 'POST', '/auth/register', { body });
  if (answer.status !== 201) throw new Error(`register: ${JSON.stringify(answer.body)}`);
  return { id: answer.body.user.id, token: answer.body.accessToken };
}

/** Somebody that another program vouches for, with the roles it says. */
export async function external(id: string, ...roles: string[]): Promise<Person> {
  return { id, token: await sign({ sub: id, name: `Name of ${id}`, roles }) };
}

/** A published course of two lessons. */
export async function publishCourse(
  server: TestServer,
  by: Person,
  more: object = {},
): Promise<Json> {
  made += 1;
  const body = {
    title: `Course ${made}`,
    language: 'en',
    level: 'beginner',
    category: 'programming',
    lessons: [
      { id: 'one', title: 'One', minutes: 10 },
      { id: 'two', title: 'Two', minutes: 20 },
    ],
    ...more,
  };
  const created = await call(server, 'POST', '/courses', { token: by.token, body });
  if (created.status !== 201) throw new Error(`course: ${JSON.stringify(created.body)}`);
  const path = `/courses/${created.body.id}/publish`;
  const published = await call(server, 'POST', path, { token: by.token });
  if (published.status >= 300) throw new Error(`publish: ${JSON.stringify(published.body)}`);
  return published.body;
}

export const enrol = (server: TestServer, who: Person, courseId: string) =>
  call(server, 'PUT', `/courses/${courseId}/enrolment`, { token: who.token });
