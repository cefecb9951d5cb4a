import { contiguous, TestClient } from '../support/client.js';
import { call } from '../support/http.js';
import { type Person, register } from '../support/people.js';
import { TestServer } from '../support/server.js';
import { until } from '../support/until.js';

describe('recovery', () => {
  let server: TestServer;
  let reader: Person;
  let writer: Person;
  const clients: TestClient[] = [];
  const client = async ({ token }: Person) => {
    const made = await new TestClient(server, token).connect();
    clients.push(made);
    return made;
  };
  const post = async (cid: string) => {
    const body = { cid, text: cid };
    const options = { token: writer.token, body };
    const answer = await call(server, 'POST', '/rooms/lobby/messages', options);
    expect(answer.status).toBe(201);
    return answer.body;
  };

  beforeAll(async () => {
    server = await TestServer.start();
    [reader, writer] = [await register(server), await register(server)];
  });
  afterEach(() => clients.splice(0).forEach((one) => one.close()));
  afterAll(() => server.dispose());

  it('gives a client whose wire was cut everything it missed', async () => {
    const member = await client(reader);
    const room = await member.join('lobby');
    for (const n of contiguous(1, 10)) await post(`before-${n}`);
    await room.heard(10);
    member.cut();
    for (const n of contiguous(1, 50)) await post(`away-${n}`);
    await until('the client is back', () => room.subscribed.length === 2);
    for (const n of contiguous(1, 10)) await post(`after-${n}`);
    await room.heard(70);

    expect(room.subscribed[1]).toMatchObject({ wasRecovering: true, recovered: true });
    expect(room.offsets).toEqual(contiguous(room.offsets[0] ?? 0, 70));
    expect(room.texts[10]).toBe('away-1');
  });

  it('misses nothing when the wire is cut again and again while messages flow', async () => {
    const member = await client(reader);
    const room = await member.join('lobby');
    const sending = (async () => {
      for (const n of contiguous(1, 300)) await post(`flow-${n}`);
    })();
    for (const cuts of contiguous(1, 5)) {
      await room.heard(cuts * 10);
      member.cut();
      await until('the client is back', () => room.subscribed.length > cuts);
    }
    await sending;
    await room.heard(300);
    expect(room.offsets).toEqual(contiguous(room.offsets[0] ?? 0, 300));
    expect(room.subscribed.slice(1).every(({ recovered }) => recovered)).toBe(true);
  });

  it('says plainly that it cannot recover a position of another epoch', async () => {
    const member = await client(reader);
    const subscription = member.centrifuge.newSubscription('room:lobby', {
      since: { offset: 1, epoch: 'another' },
    });
    const context = new Promise((resolve) => subscription.on('subscribed', resolve));
    subscription.subscribe();
    await expect(context).resolves.toMatchObject({
      wasRecovering: true,
      recovered: false,
      hasRecoveredPublications: false,
    });
  });

  it('says the same of a position that the room has not reached', async () => {
    const member = await client(reader);
    const { seq, epoch } = await post('the head');
    const subscription = member.centrifuge.newSubscription('room:lobby', {
      since: { offset: seq + 1000, epoch },
    });
    const context = new Promise((resolve) => subscription.on('subscribed', resolve));
    subscription.subscribe();
    await expect(context).resolves.toMatchObject({ wasRecovering: true, recovered: false });
  });

  it('gives all or says "reload", where more was missed than the queue of a connection holds', async () => {
    const member = await client(reader);
    const room = await member.join('lobby');
    const sender = await client(writer);
    const { seq: start } = await post('before the flood');
    await room.heard(1);
    member.close();
    const big = 'x'.repeat(4000);
    await Promise.all(contiguous(1, 1500).map((n) => sender.send('lobby', `big-${n}`, big)));
    await member.connect();
    await until('the client is back', () => room.subscribed.length === 2);
    const { seq: end } = await post('after the flood');
    await until('it hears what is new', () => room.offsets.includes(end));

    const missed = end - start - 1;
    expect(missed).toBe(1500);
    const { recovered } = room.subscribed[1] ?? {};
    expect(room.offsets).toEqual(recovered ? contiguous(start, missed + 2) : [start, end]);
    const { publications } = await room.subscription.history({ limit: 1000, reverse: true });
    expect(publications.length).toBeGreaterThan(0);
    expect(member.left).not.toContain(3008);
  });

  it('keeps every acknowledged message over kill -9, and clients resume', async () => {
    const member = await client(reader);
    const room = await member.join('lobby');
    const { seq: start, epoch } = await post('first');

    const acked: number[] = [];
    const outcomes = Promise.allSettled(
      contiguous(1, 2000).map((n) =>
        post(`storm-${n}`).then(({ seq }) => {
          acked.push(seq);
        }),
      ),
    );
    await until('some are acknowledged', () => acked.length >= 200);
    await server.kill();
    await outcomes;
    await server.boot();
    await until('the client is back', () => room.subscribed.length === 2);
    const { seq: end, epoch: after } = await post('last');
    await room.heard(end - start + 1);

    expect(after).toBe(epoch);
    expect(room.subscribed[1]).toMatchObject({ wasRecovering: true, recovered: true, epoch });
    expect(room.offsets).toEqual(contiguous(start, end - start + 1));
    expect(new Set(room.texts).size).toBe(room.texts.length);
    const kept = new Set(room.offsets);
    expect(acked.filter((seq) => !kept.has(seq))).toEqual([]);
  });

  it('closes with 3001 when it is stopped, exits 0, and clients resume on the next one', async () => {
    const member = await client(reader);
    const room = await member.join('lobby');
    const { seq: start } = await post('before the stop');
    await room.heard(1);
    const ended = await server.stop();
    expect(ended).toMatchObject({ code: 0, signal: null });
    expect(member.left).toContain(3001);

    await server.boot();
    await post('after the stop');
    await room.heard(2);
    expect(room.offsets).toEqual([start, start + 1]);
    expect(room.subscribed[1]).toMatchObject({ wasRecovering: true, recovered: true });
  });
});
