import { contiguous, TestClient, type TestRoom } from '../support/client.js';
import { external } from '../support/people.js';
import { TcpProxy } from '../support/proxy.js';
import { TestServer } from '../support/server.js';
import { type KindName, servers } from '../support/servers/index.js';
import { pause, until } from '../support/until.js';

/** Every kind of server that carries hints, with what keeps the rest of the deployment. */
const deployments: { bus: KindName; stores: KindName }[] = [
  { bus: 'redis', stores: 'postgres' },
  { bus: 'nats', stores: 'postgres' },
  { bus: 'postgres', stores: 'postgres' },
  { bus: 'mongodb', stores: 'mongodb' },
];

const perSender = 100;

describe.each(
  deployments.filter((kinds) => Object.values(kinds).every((kind) => servers[kind].available)),
)('two replicas over the bus of $bus', ({ bus, stores }) => {
  let proxies: TcpProxy[];
  let replicas: TestServer[];
  let clients: TestClient[];
  let rooms: TestRoom[];

  const text = (sender: number, n: number) => `${sender}:${n}`;
  const send = async (sender: number, n: number) =>
    clients[sender]?.send('lobby', `${sender}-${n}`, text(sender, n));
  /** An error is repeated with the same cid, as every sender has to. */
  const sendUntilAcked = (sender: number, n: number) =>
    until(`message ${sender}:${n} is acknowledged`, () =>
      send(sender, n).then(
        () => true,
        () => false,
      ),
    );

  beforeEach(async () => {
    const url = await servers[stores].freshUrl();
    const hints = bus === stores ? url : await servers[bus].freshUrl();
    proxies = [await TcpProxy.to(hints), await TcpProxy.to(hints)];
    replicas = [];
    for (const proxy of proxies)
      replicas.push(
        await TestServer.start({
          DATA_STORE: url,
          HISTORY_STORE: url,
          SESSION_STORE: url,
          EVENT_BUS: proxy.through(hints),
          REPLICAS: '2',
        }),
      );
    clients = [];
    for (const at of [0, 1, 2, 3]) {
      const replica = replicas[at % 2];
      if (!replica) throw new Error('there are two');
      const { token } = await external(`person-${at}`);
      clients.push(await new TestClient(replica, token).connect());
    }
    rooms = await Promise.all(clients.map((client) => client.join('lobby')));
  });
  afterEach(async () => {
    for (const client of clients) client.close();
    for (const replica of replicas) await replica.dispose();
    for (const proxy of proxies) await proxy.close();
  });

  async function expectAllOnceInOrder(): Promise<void> {
    const count = clients.length * perSender;
    await Promise.all(rooms.map((room) => room.heard(count)));
    const [first] = rooms;
    for (const room of rooms) {
      expect(room.offsets).toEqual(contiguous(1, count));
      expect(room.texts).toEqual(first?.texts);
      expect(room.subscribed).toHaveLength(1);
    }
    expect([...(first?.texts ?? [])].sort()).toEqual(
      clients.flatMap((_client, at) => contiguous(1, perSender).map((n) => text(at, n))).sort(),
    );
    for (const client of clients) expect(client.left).toHaveLength(1);
  }

  it('bring everything to everybody, once and in one order, with senders on both', async () => {
    await Promise.all(
      clients.flatMap((_client, at) => contiguous(1, perSender).map((n) => send(at, n))),
    );
    await expectAllOnceInOrder();
  });

  it('do the same while the bus is cut, hangs and loses hints', async () => {
    let sending = true;
    const trouble = (async () => {
      for (let round = 0; sending; round += 1) {
        const proxy = proxies[round % 2];
        await pause(40);
        if (round % 3 === 2) proxy?.hang();
        await pause(20);
        proxy?.cut();
        await proxy?.heal();
      }
    })();
    const sender = async (at: number) => {
      for (const n of contiguous(1, perSender)) await sendUntilAcked(at, n);
    };
    await Promise.all(clients.map((_client, at) => sender(at))).finally(() => (sending = false));
    await trouble;
    await expectAllOnceInOrder();
  });

  it('do the same while there is no bus at all, and typing goes on when it is back', async () => {
    for (const proxy of proxies) await proxy.refuse();
    const sender = async (at: number) => {
      for (const n of contiguous(1, perSender)) await sendUntilAcked(at, n);
    };
    await Promise.all(clients.map((_client, at) => sender(at)));
    await expectAllOnceInOrder();
    for (const proxy of proxies) await proxy.heal();
    await until('typing is seen on the other replica', async () => {
      await clients[0]?.rpc('room.typing', { room: 'lobby' });
      return (rooms[1]?.fleeting.length ?? 0) > 0;
    });
  });
});
