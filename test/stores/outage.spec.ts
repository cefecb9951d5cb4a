import { contiguous, TestClient, type TestRoom } from '../support/client.js';
import { call } from '../support/http.js';
import { external, type Person } from '../support/people.js';
import { TestServer } from '../support/server.js';
import { type KindName, type RunningServer, servers } from '../support/servers/index.js';
import { until } from '../support/until.js';

/** What dies keeps the history; what lives, the rest. */
const deployments: { dies: KindName; lives: KindName }[] = [
  { dies: 'postgres', lives: 'postgres' },
  { dies: 'redis', lives: 'postgres' },
];

describe.each(
  deployments.filter((kinds) => Object.values(kinds).every((kind) => servers[kind].available)),
)('a history on $dies that is away', ({ dies, lives }) => {
  let own: RunningServer;
  const replicas: TestServer[] = [];
  let people: Person[];
  const clients: TestClient[] = [];
  let rooms: TestRoom[];

  beforeAll(async () => {
    own = await servers[dies].own();
    const history = await servers[dies].freshOn(own.url);
    const url = await servers[lives].freshUrl();
    const variables = {
      DATA_STORE: url,
      SESSION_STORE: url,
      EVENT_BUS: url,
      HISTORY_STORE: history,
      REPLICAS: '2',
    };
    for (let at = 0; at < 2; at += 1) replicas.push(await TestServer.start(variables));
    people = await Promise.all([0, 1, 2, 3].map((at) => external(`person-${at}`)));
    for (const [at, { token }] of people.entries()) {
      const replica = replicas[at % 2];
      if (replica) clients.push(await new TestClient(replica, token).connect());
    }
    rooms = await Promise.all(clients.map((client) => client.join('lobby')));
  });
  afterAll(async () => {
    for (const client of clients) client.close();
    for (const replica of replicas) await replica.dispose();
    await own.dispose();
  });

  const heardAll = async (count: number) => {
    await Promise.all(rooms.map((room) => room.heard(count)));
    for (const room of rooms) expect(room.offsets).toEqual(contiguous(1, count));
  };

  it('costs nobody a connection or a message, is told to senders, and needs no restart', async () => {
    const [writer] = clients;
    const [replica] = replicas;
    if (!writer || !replica) throw new Error('they are there');
    for (const n of contiguous(1, 20)) await writer.send('lobby', `before-${n}`, 'before');
    await heardAll(20);

    await own.kill();
    await expect(writer.send('lobby', 'away', 'away')).rejects.toMatchObject({ code: 108 });
    const body = { cid: 'away-http', text: 'away' };
    const token = people[0]?.token ?? '';
    const refused = await call(replica, 'POST', '/rooms/lobby/messages', { token, body });
    expect(refused).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    // What needs no history goes on.
    await writer.rpc('room.typing', { room: 'lobby' });
    await until(
      'typing is seen on the other replica',
      () => rooms[1] && rooms[1].fleeting.length > 0,
    );
    for (const one of replicas) expect(one.running).toBe(true);

    await own.boot();
    const acked = (at: number, cid: string) =>
      until(`${cid} is acknowledged`, () =>
        Promise.resolve(clients[at]?.send('lobby', cid, 'after')).then(
          (answer) => answer,
          () => false as const,
        ),
      );
    const seqs: number[] = [];
    for (const n of contiguous(1, 20))
      for (const at of [0, 1]) seqs.push((await acked(at, `after-${at}-${n}`)).seq);
    const { seq: head } = await acked(0, 'the last');
    await heardAll(head);
    expect(new Set(seqs).size).toBe(40);
    for (const client of clients) expect(client.left).toHaveLength(1);
    for (const room of rooms) expect(room.subscribed).toHaveLength(1);
  });

  it('lets clients who come meanwhile in when it is back, with what they missed', async () => {
    const [, , , guest] = clients;
    const room = rooms[3];
    const [writer] = clients;
    if (!guest || !room || !writer) throw new Error('they are there');
    const before = room.log.length;
    guest.close();
    for (const n of contiguous(1, 5)) await writer.send('lobby', `missed-${n}`, 'missed');
    await own.kill();
    guest.centrifuge.connect();
    await guest.centrifuge.ready();
    await own.boot();
    await room.heard(before + 5);
    expect(room.offsets).toEqual(contiguous(1, before + 5));
    expect(room.subscribed.at(-1)).toMatchObject({ wasRecovering: true, recovered: true });
  });
});
