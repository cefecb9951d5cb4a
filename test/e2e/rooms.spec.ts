import { TestClient } from '../support/client.js';
import { call, type Method } from '../support/http.js';
import { external, type Person, register } from '../support/people.js';
import { TestServer } from '../support/server.js';

describe('rooms over REST', () => {
  let server: TestServer;
  let ada: Person;
  let lin: Person;
  let stranger: Person;

  beforeAll(async () => {
    server = await TestServer.start();
    [ada, lin, stranger] = [await register(server), await register(server), await register(server)];
  });
  afterAll(() => server.dispose());

  const ask = (who: Person, method: Method, path: string, body?: unknown) =>
    call(server, method, path, { token: who.token, ...(body !== undefined && { body }) });
  const group = async (...members: Person[]) =>
    (
      await ask(ada, 'POST', '/rooms', {
        kind: 'group',
        name: 'g',
        members: members.map(({ id }) => id),
      })
    ).body;

  it('always have a lobby, open to every account', async () => {
    const lobby = await ask(stranger, 'GET', '/rooms/lobby');
    expect(lobby).toMatchObject({
      status: 200,
      body: { id: 'lobby', kind: 'open', lastReadSeq: 0 },
    });
    expect(lobby.body.epoch).not.toBe('');
    const { body } = await ask(stranger, 'GET', '/rooms');
    expect(body.items.map(({ id }) => id)).toContain('lobby');
  });

  it('are made as groups, with their maker as owner', async () => {
    const made = await ask(ada, 'POST', '/rooms', {
      kind: 'group',
      name: '读书会',
      members: [lin.id],
    });
    expect(made).toMatchObject({
      status: 201,
      body: { kind: 'group', name: '读书会', role: 'owner' },
    });
    const { body } = await ask(lin, 'GET', `/rooms/${made.body.id}/members`);
    const roles = body.items.map(({ user, role }) => [user.id, role]);
    expect(Object.fromEntries(roles)).toEqual({ [ada.id]: 'owner', [lin.id]: 'member' });
    const mine = await ask(lin, 'GET', '/rooms');
    expect(mine.body.items.map(({ id }) => id)).toContain(made.body.id);
  });

  it('exist once for the same two people', async () => {
    const first = await ask(ada, 'POST', '/rooms', { kind: 'direct', members: [lin.id] });
    const again = await ask(ada, 'POST', '/rooms', { kind: 'direct', members: [lin.id] });
    const mirrored = await ask(lin, 'POST', '/rooms', { kind: 'direct', members: [ada.id] });
    expect([first.status, again.status, mirrored.status]).toEqual([201, 200, 200]);
    expect(again.body.id).toBe(first.body.id);
    expect(mirrored.body.id).toBe(first.body.id);
  });

  it('are opened to all by moderators only', async () => {
    const room = { kind: 'open', name: 'Announcements' };
    expect((await ask(ada, 'POST', '/rooms', room)).status).toBe(403);
    const moderator = await external('moderator-rooms', 'moderator');
    const made = await ask(moderator, 'POST', '/rooms', room);
    expect(made.status).toBe(201);
    const path = `/rooms/${made.body.id}/messages`;
    expect((await ask(stranger, 'POST', path, { cid: 'c', text: 'hi' })).status).toBe(201);
  });

  it('are hidden from those who are no members, on every route', async () => {
    const { id } = await group(lin);
    const routes: [Method, string, unknown?][] = [
      ['GET', ''],
      ['PATCH', '', { name: 'n' }],
      ['DELETE', ''],
      ['GET', '/members'],
      ['PUT', `/members/${stranger.id}`, {}],
      ['DELETE', `/members/${lin.id}`],
      ['GET', '/messages'],
      ['POST', '/messages', { cid: 'c', text: 'x' }],
      ['PUT', '/read', { seq: 1 }],
      ['GET', '/presence'],
    ];
    for (const [method, path, body] of routes) {
      const { status } = await ask(stranger, method, `/rooms/${id}${path}`, body);
      expect({ method, path, status }).toEqual({ method, path, status: 404 });
    }
    expect((await call(server, 'GET', `/rooms/${id}`)).status).toBe(401);
  });

  it('take and lose members, and tell so in their log', async () => {
    const { id } = await group();
    const client = await new TestClient(server, ada.token).connect();
    const room = await client.join(id);
    const path = `/rooms/${id}/members/${lin.id}`;
    expect((await ask(ada, 'PUT', path, { role: 'member' })).status).toBe(201);
    expect((await ask(ada, 'PUT', path, { role: 'moderator' })).status).toBe(200);
    expect((await ask(lin, 'DELETE', path)).status).toBe(204);
    await room.heard(3);
    client.close();
    expect(room.log.map(({ data }) => [data.type, data.user.id, data.role])).toEqual([
      ['member', lin.id, 'member'],
      ['member', lin.id, 'moderator'],
      ['member', lin.id, null],
    ]);
    expect((await ask(lin, 'GET', `/rooms/${id}/messages`)).status).toBe(404);
  });

  it('are renamed and deleted by their owner, not by a member', async () => {
    const { id } = await group(lin);
    expect((await ask(lin, 'PATCH', `/rooms/${id}`, { name: 'mine' })).status).toBe(403);
    const renamed = await ask(ada, 'PATCH', `/rooms/${id}`, { name: 'renamed' });
    expect(renamed).toMatchObject({ status: 200, body: { id, name: 'renamed' } });
    const { body } = await ask(lin, 'GET', `/rooms/${id}/messages`);
    expect(body.items.at(-1)).toMatchObject({ type: 'room', name: 'renamed', by: ada.id });
    expect((await ask(lin, 'DELETE', `/rooms/${id}`)).status).toBe(403);
    expect((await ask(ada, 'DELETE', `/rooms/${id}`)).status).toBe(204);
    expect((await ask(ada, 'GET', `/rooms/${id}`)).status).toBe(404);
  });

  it('are searched by words, in either script, among the rooms of the caller only', async () => {
    const { id } = await group(lin);
    const path = `/rooms/${id}/messages`;
    const english = await ask(ada, 'POST', path, { cid: '1', text: 'Gradient descent <b>now</b>' });
    const chinese = await ask(ada, 'POST', path, { cid: '2', text: '今天讲机器学习' });
    const find = async (who: Person, q: string, room = id) =>
      (await ask(who, 'GET', `/messages/search?q=${encodeURIComponent(q)}&room=${room}`)).body;
    expect((await find(lin, 'DESCENT')).items.map(({ message }) => message.id)).toEqual([
      english.body.id,
    ]);
    expect((await find(lin, '机器')).items.map(({ message }) => message.id)).toEqual([
      chinese.body.id,
    ]);
    const [hit] = (await find(lin, 'gradient now')).items;
    expect(hit?.highlights.text).toContain('<mark>');
    expect(hit?.highlights.text).not.toContain('<b>');

    const outside = await ask(stranger, 'GET', '/messages/search?q=descent');
    expect(outside).toMatchObject({ status: 200, body: { items: [] } });

    await ask(ada, 'DELETE', `${path}/${english.body.id}`);
    expect((await find(lin, 'descent')).items).toEqual([]);
  });

  it('are listed in pages that a cursor continues and a forged cursor does not', async () => {
    const person = await register(server);
    const ids = new Set<string>(['lobby']);
    for (const n of [1, 2, 3, 4]) {
      const { body } = await ask(person, 'POST', '/rooms', { kind: 'group', name: `g${n}` });
      ids.add(body.id);
    }
    const seen: string[] = [];
    let path: string | null = '/rooms?limit=2';
    while (path !== null) {
      const { status, body }: Awaited<ReturnType<typeof ask>> = await ask(person, 'GET', path);
      expect(status).toBe(200);
      seen.push(...body.items.map(({ id }) => id));
      path = body.next && `/rooms?limit=2&cursor=${encodeURIComponent(body.next)}`;
    }
    for (const id of ids) expect(seen.filter((one) => one === id)).toEqual([id]);
    const forged = await ask(person, 'GET', '/rooms?cursor=bm90aGluZw');
    expect(forged).toMatchObject({ status: 400, body: { code: 'bad_cursor' } });
  });
});
