import { contiguous, TestClient } from '../support/client.js';
import { enrol, external, publishCourse, register } from '../support/people.js';
import { TestServer } from '../support/server.js';

describe('delivery of messages', () => {
  let server: TestServer;
  const clients: TestClient[] = [];
  const client = async (token: string) => {
    const made = await new TestClient(server, token).connect();
    clients.push(made);
    return made;
  };

  beforeAll(async () => {
    server = await TestServer.start();
  });
  afterEach(() => clients.splice(0).forEach((one) => one.close()));
  afterAll(() => server.dispose());

  it('brings 500 messages of 5 senders to every member once, in one order, without a hole', async () => {
    const people = await Promise.all(Array.from({ length: 5 }, () => register(server)));
    const members = await Promise.all(people.map(({ token }) => client(token)));
    const rooms = await Promise.all(members.map((member) => member.join('lobby')));

    const acks = await Promise.all(
      members.flatMap((member, sender) =>
        contiguous(1, 100).map((n) => member.send('lobby', `${sender}-${n}`, `${sender}:${n}`)),
      ),
    );
    await Promise.all(rooms.map((room) => room.heard(500)));

    const [first] = rooms;
    const start = first?.offsets[0] ?? 0;
    expect(first?.offsets).toEqual(contiguous(start, 500));
    for (const room of rooms) expect(room.log).toEqual(first?.log);
    expect(new Set(first?.texts).size).toBe(500);
    expect(acks.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(contiguous(start, 500));
    for (const [sender] of members.entries()) {
      const own = first?.texts.filter((text) => text.startsWith(`${sender}:`));
      expect(own).toEqual(contiguous(1, 100).map((n) => `${sender}:${n}`));
    }
  });

  it('opens the room of a course to those enrolled, and hides it from everybody else', async () => {
    const teacher = await external('teacher-delivery', 'instructor');
    const course = await publishCourse(server, teacher);
    const [learner, stranger] = [await register(server), await register(server)];
    await enrol(server, learner, course.id);

    const [inside, outside] = [await client(learner.token), await client(stranger.token)];
    const room = await inside.join(`course-${course.id}`);
    await inside.send(`course-${course.id}`, 'c1', 'a question');
    await room.heard(1);
    expect(room.texts).toEqual(['a question']);

    await expect(outside.send(`course-${course.id}`, 'c1', 'let me in')).rejects.toMatchObject({
      code: 102,
    });
    const refused = outside.centrifuge.newSubscription(`room:course-${course.id}`);
    const reason = new Promise((resolve) => refused.on('unsubscribed', resolve));
    refused.subscribe();
    await expect(reason).resolves.toMatchObject({ code: 102 });
  });

  it('stores a message sent twice once, and answers both times alike', async () => {
    const { token } = await register(server);
    const sender = await client(token);
    const room = await sender.join('lobby');
    const first = await sender.send('lobby', 'same', 'said once');
    const second = await sender.send('lobby', 'same', 'said once');
    const after = await sender.send('lobby', 'other', 'the next');

    expect(first.duplicate).toBe(false);
    expect(second).toEqual({ ...first, duplicate: true });
    expect(after.seq).toBe(first.seq + 1);
    await room.heard(2);
    expect(room.texts).toEqual(['said once', 'the next']);
  });

  it('keeps the cids of two senders apart', async () => {
    const [one, two] = [
      await client((await register(server)).token),
      await client((await register(server)).token),
    ];
    const first = await one.send('lobby', 'mine', 'one');
    const second = await two.send('lobby', 'mine', 'two');
    expect(second.duplicate).toBe(false);
    expect(second.id).not.toBe(first.id);
  });

  it('takes messages by publish, and tells what is wrong with a bad one', async () => {
    const { id, token } = await register(server);
    const sender = await client(token);
    const room = await sender.join('lobby');
    await room.subscription.publish({ cid: 'p1', text: 'published' });
    await room.heard(1);
    expect(room.log[0]?.data).toMatchObject({
      type: 'message',
      room: 'lobby',
      seq: room.log[0]?.offset,
      sender: { id },
      cid: 'p1',
      text: 'published',
      at: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/) as string,
    });

    const bad: [object, RegExp][] = [
      [{ cid: 'p2', text: '' }, /text/],
      [{ cid: 'p2', text: 'x'.repeat(4001) }, /text/],
      [{ cid: '', text: 'x' }, /cid/],
      [{ cid: 'p2', text: 'x', colour: 'red' }, /colour/],
    ];
    for (const [data, named] of bad) {
      await expect(room.subscription.publish(data)).rejects.toMatchObject({
        code: 107,
        message: expect.stringMatching(named) as string,
      });
    }
    await expect(sender.rpc('message.shout', {})).rejects.toMatchObject({ code: 104 });
    await expect(sender.send('no-such-room', 'c', 'x')).rejects.toMatchObject({ code: 102 });
  });

  it('gives history forwards, backwards and from a position', async () => {
    const sender = await client((await register(server)).token);
    const room = await sender.join('lobby');
    const acks = [];
    for (const n of contiguous(1, 5)) acks.push(await sender.send('lobby', `h${n}`, `h${n}`));
    const [first, , , , last] = acks;
    const since = { offset: (first?.seq ?? 0) - 1, epoch: first?.epoch ?? '' };

    const forwards = await room.subscription.history({ since, limit: 3 });
    expect(forwards.publications.map(({ offset }) => offset)).toEqual(
      contiguous(since.offset + 1, 3),
    );
    expect(forwards).toMatchObject({ offset: last?.seq, epoch: last?.epoch });

    const backwards = await room.subscription.history({ limit: 2, reverse: true });
    expect(backwards.publications.map(({ offset }) => offset)).toEqual([
      last?.seq,
      (last?.seq ?? 0) - 1,
    ]);

    const position = await room.subscription.history({ limit: 0 });
    expect(position).toMatchObject({ publications: [], offset: last?.seq, epoch: last?.epoch });

    const elsewhere = { offset: 1, epoch: 'another' };
    await expect(room.subscription.history({ since: elsewhere, limit: 1 })).rejects.toMatchObject({
      code: 112,
    });
  });
});
