import { TestClient } from '../support/client.js';
import { call } from '../support/http.js';
import { type Person, register } from '../support/people.js';
import { TestServer } from '../support/server.js';
import { until } from '../support/until.js';

describe('people in a room', () => {
  let server: TestServer;
  let ada: Person;
  let lin: Person;
  let room: string;
  const clients: TestClient[] = [];
  const client = async ({ token }: Person) => {
    const made = await new TestClient(server, token).connect();
    clients.push(made);
    return made;
  };

  beforeAll(async () => {
    server = await TestServer.start();
  });
  beforeEach(async () => {
    [ada, lin] = [await register(server, 'ada'), await register(server, 'lin')];
    const body = { kind: 'group', name: 'Study group', members: [lin.id] };
    room = (await call(server, 'POST', '/rooms', { ...ada, body })).body.id;
  });
  afterEach(() => clients.splice(0).forEach((one) => one.close()));
  afterAll(() => server.dispose());

  it('see each other type, without an offset and without history', async () => {
    const [one, two] = [await client(ada), await client(lin)];
    const [, theirs] = [await one.join(room), await two.join(room)];
    await one.rpc('room.typing', { room });
    await until('typing is heard', () => theirs.fleeting.length > 0);
    expect(theirs.fleeting[0]?.data).toMatchObject({ type: 'typing', user: { id: ada.id } });
    expect(Date.parse(theirs.fleeting[0]?.data.until ?? '')).not.toBeNaN();
    const { body } = await call(server, 'GET', `/rooms/${room}/messages`, ada);
    expect(JSON.stringify(body.items)).not.toContain('typing');
  });

  it('are listed while present, by socket and by REST, and gone when they left', async () => {
    const [one, two] = [await client(ada), await client(lin)];
    const mine = await one.join(room);
    await two.join(room);
    const listed = async () =>
      (await call(server, 'GET', `/rooms/${room}/presence`, ada)).body.items;
    await until('both are present', async () => (await listed()).length === 2);
    const { clients: present } = await mine.subscription.presence();
    expect(
      Object.values(present)
        .map(({ user }) => user)
        .sort(),
    ).toEqual([ada.id, lin.id].sort());
    expect(await mine.subscription.presenceStats()).toMatchObject({ numClients: 2, numUsers: 2 });

    two.close();
    await until('one is gone', async () => (await listed()).length === 1);
    expect((await listed())[0]).toMatchObject({ user: { id: ada.id }, connections: 1 });
  });

  it('know of each other whether online, and since when not', async () => {
    const two = await client(lin);
    const seen = async () => (await call(server, 'GET', `/users/${lin.id}`, ada)).body.presence;
    await until('lin is online', async () => (await seen()).online);
    two.close();
    const { lastSeenAt } = await until('lin is offline', async () => {
      const presence = await seen();
      return !presence.online && presence;
    });
    expect(Date.parse(lastSeenAt ?? '')).not.toBeNaN();
  });

  it('have unread counts that rise with messages of others and fall with reading', async () => {
    const [one, two] = [await client(ada), await client(lin)];
    const { seq: first } = await one.send(room, 'u1', 'one');
    const { seq: last } = await one.send(room, 'u2', 'two');
    const counts = () =>
      two.personal.filter(({ data }) => data.type === 'unread' && data.room === room);
    // The first message may be told of when the second is stored already: two are unread, its own is the head.
    await until('the last is told of', () => counts().some(({ data }) => data.head === last));
    expect(counts().at(-1)?.data).toMatchObject({ type: 'unread', room, unread: 2, head: last });
    const view = async (who: Person) => (await call(server, 'GET', `/rooms/${room}`, who)).body;
    expect(await view(lin)).toMatchObject({ unread: 2, head: last });
    expect(await view(ada)).toMatchObject({ unread: 0 });

    const half = await two.rpc('room.read', { room, seq: first });
    expect(half).toEqual({ lastReadSeq: first, unread: 1 });
    const body = { seq: last };
    const all = await call(server, 'PUT', `/rooms/${room}/read`, { ...lin, body });
    expect(all).toMatchObject({ status: 200, body: { lastReadSeq: last, unread: 0 } });
    const back = await two.rpc('room.read', { room, seq: 1 });
    expect(back).toEqual({ lastReadSeq: last, unread: 0 });
    await until('reading is told to the other devices', () =>
      counts().some(({ data }) => data.unread === 0),
    );
  });

  it('hear of being mentioned and of being invited', async () => {
    const two = await client(lin);
    const one = await client(ada);
    const { id } = await one.send(room, 'm1', 'look, @lin', { mentions: [lin.id] });
    const mention = await until('the mention', () =>
      two.personal.find(({ data }) => data.type === 'mention'),
    );
    expect(mention.data).toMatchObject({ room, message: { id, text: 'look, @lin' } });

    const body = { kind: 'group', name: 'Another', members: [lin.id] };
    const made = await call(server, 'POST', '/rooms', { ...ada, body });
    const invited = await until('the invitation', () =>
      two.personal.find(({ data }) => data.type === 'invited' && data.room === made.body.id),
    );
    expect(invited.data).toMatchObject({ room: made.body.id });
  });

  it('lose the subscription with their membership', async () => {
    const two = await client(lin);
    const theirs = await two.join(room);
    const ended = new Promise((resolve) => theirs.subscription.on('unsubscribed', resolve));
    const path = `/rooms/${room}/members/${lin.id}`;
    expect((await call(server, 'DELETE', path, ada)).status).toBe(204);
    await expect(ended).resolves.toMatchObject({ code: 2000 });
    await expect(two.send(room, 'late', 'still here?')).rejects.toMatchObject({ code: 102 });
  });

  it('cannot listen to the personal channel of somebody else', async () => {
    const two = await client(lin);
    const spying = two.centrifuge.newSubscription(`user:${ada.id}`);
    const refused = new Promise((resolve) => spying.on('unsubscribed', resolve));
    spying.subscribe();
    await expect(refused).resolves.toMatchObject({ code: 103 });
  });
});
