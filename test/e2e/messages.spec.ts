import { TestClient } from '../support/client.js';
import { call } from '../support/http.js';
import { external, type Person, register } from '../support/people.js';
import { TestServer } from '../support/server.js';

describe('messages after they were sent', () => {
  let server: TestServer;
  let author: Person;
  let other: Person;
  let client: TestClient;

  beforeAll(async () => {
    server = await TestServer.start();
    [author, other] = [await register(server), await register(server)];
    client = await new TestClient(server, author.token).connect();
  });
  afterAll(async () => {
    client.close();
    await server.dispose();
  });

  const shown = async (id: string) => {
    const { body } = await call(server, 'GET', '/rooms/lobby/messages?limit=100', author);
    return body.items.find((item) => item.id === id);
  };

  it('are edited by their author: an event in the log, and REST shows the new text', async () => {
    const room = await client.join('lobby');
    const { id, seq } = await client.send('lobby', 'e1', 'helo');
    const edit = await client.rpc('message.edit', { room: 'lobby', id, text: 'hello' });
    expect(edit).toMatchObject({ seq: seq + 1 });
    await room.heard(2);
    expect(room.log[1]?.data).toMatchObject({
      type: 'message.edited',
      seq: seq + 1,
      target: id,
      text: 'hello',
      by: author.id,
    });
    const message = await shown(id);
    expect(message).toMatchObject({ text: 'hello', seq, sender: { id: author.id } });
    expect(message?.editedAt).toBe(room.log[1]?.data.at);
    room.subscription.unsubscribe();
    client.centrifuge.removeSubscription(room.subscription);
  });

  it('are edited by nobody else, on either wire', async () => {
    const { id } = await client.send('lobby', 'e2', 'mine');
    const stranger = await new TestClient(server, other.token).connect();
    const edit = { room: 'lobby', id, text: 'yours' };
    await expect(stranger.rpc('message.edit', edit)).rejects.toMatchObject({ code: 103 });
    stranger.close();
    const path = `/rooms/lobby/messages/${id}`;
    const answer = await call(server, 'PATCH', path, { ...other, body: { text: 'yours' } });
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await call(server, 'DELETE', path, other)).status).toBe(403);
    expect((await shown(id))?.text).toBe('mine');
  });

  it('are deleted by their author or a moderator, and their text is gone', async () => {
    const moderator = await external('moderator-messages', 'moderator');
    for (const [n, who] of [author, moderator].entries()) {
      const { id } = await client.send('lobby', `d${n}`, 'regrettable');
      const path = `/rooms/lobby/messages/${id}`;
      expect((await call(server, 'DELETE', path, who)).status).toBe(204);
      const message = await shown(id);
      expect(message?.deleted).toBe(true);
      expect(JSON.stringify(message)).not.toContain('regrettable');
    }
  });

  it('carry the reactions of those who reacted, each once', async () => {
    const { id } = await client.send('lobby', 'r1', 'nice?');
    const react = (emoji: string, on: boolean) =>
      client.rpc('message.react', { room: 'lobby', id, emoji, on });
    await react('👍', true);
    await react('👍', true);
    await react('🎉', true);
    await react('🎉', false);
    const path = `/rooms/lobby/messages/${id}/reactions/${encodeURIComponent('👍')}`;
    expect((await call(server, 'PUT', path, other)).status).toBe(200);
    const reactions = (await shown(id))?.reactions ?? {};
    expect(Object.keys(reactions)).toEqual(['👍']);
    expect([...(reactions['👍'] ?? [])].sort()).toEqual([author.id, other.id].sort());

    expect((await call(server, 'DELETE', path, other)).status).toBe(204);
    expect((await shown(id))?.reactions).toEqual({ '👍': [author.id] });
    await expect(react('thumbs', true)).rejects.toMatchObject({ code: 107 });
  });

  it('are sent over REST as over the socket, 201 first and 200 when repeated', async () => {
    const ask = { token: author.token, body: { cid: 'rest-1', text: '世界 🌍' } };
    const room = await client.join('lobby');
    const first = await call(server, 'POST', '/rooms/lobby/messages', ask);
    const again = await call(server, 'POST', '/rooms/lobby/messages', ask);
    expect(first).toMatchObject({ status: 201, body: { duplicate: false } });
    expect(again).toMatchObject({ status: 200, body: { ...first.body, duplicate: true } });
    await room.heard(1);
    expect(room.log[0]?.data).toMatchObject({ id: first.body.id, text: '世界 🌍' });
    room.subscription.unsubscribe();
    client.centrifuge.removeSubscription(room.subscription);
  });

  it('are read in pages, ascending, from either side', async () => {
    for (const n of [1, 2, 3, 4, 5]) await client.send('lobby', `page-${n}`, `page ${n}`);
    const read = async (query: string) =>
      (await call(server, 'GET', `/rooms/lobby/messages?${query}`, author)).body;
    const { head, epoch } = await read('limit=1');
    expect(epoch).not.toBe('');
    const seqs = async (query: string) => (await read(query)).items.map(({ seq }) => seq);
    expect(await seqs(`before=${head + 1}&limit=2`)).toEqual([head - 1, head]);
    expect(await seqs(`after=${head - 3}&limit=2`)).toEqual([head - 2, head - 1]);
    expect(await seqs(`after=${head}`)).toEqual([]);
    expect(await read('limit=3')).toMatchObject({ first: 1 });
  });

  it('refuse a bad query or body with the fields named', async () => {
    const paths = ['?limit=0', '?limit=101', '?before=-1', '?after=x', '?colour=red'];
    for (const query of paths) {
      const answer = await call(server, 'GET', `/rooms/lobby/messages${query}`, author);
      expect({ query, status: answer.status }).toEqual({ query, status: 422 });
    }
    const body = { cid: 'é', text: 7, extra: true };
    const answer = await call(server, 'POST', '/rooms/lobby/messages', { ...author, body });
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map(({ path }) => path).sort()).toEqual(['/cid', '/extra', '/text']);
  });

  it('answer a reply to the message it is about', async () => {
    const { id } = await client.send('lobby', 'q', 'question');
    const answer = await client.send('lobby', 'a', 'answer', { replyTo: id });
    expect((await shown(answer.id))?.replyTo).toBe(id);
  });
});
