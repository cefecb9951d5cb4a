import { silentLogger } from '#libs/kernel';
import type { HistoryStore } from '#libs/state';
import { counted, failing } from '#libs/state/testing';
import { Flusher } from '../../platform/ws/index.js';
import { append, Receiver, sharedHistory, turn } from '../chat.testing.js';
import { Heads } from './heads.js';
import { RoomFeed } from './room-feed.js';

const wire = (seq: number): string => `{"seq":${seq},"text":"${seq}"}`;

async function feedOn(history: HistoryStore) {
  const heads = new Heads(history);
  const position = await heads.of('r');
  if (!position) throw new Error('the room is there');
  const left: string[] = [];
  const feed = new RoomFeed('r', position, {
    history,
    heads,
    flusher: new Flusher(),
    logger: silentLogger,
    gapPatienceMs: 0,
    left: (_feed, user) => left.push(user),
  });
  const receiver = new Receiver();
  feed.attach(receiver.connection);
  return { feed, receiver, left, epoch: position.epoch };
}

describe('a room feed', () => {
  let history: HistoryStore;
  beforeEach(async () => (history = await sharedHistory('r')));

  it('sends what one turn brings as one frame', async () => {
    const { feed, epoch } = await feedOn(history);
    const frames: Buffer[] = [];
    const receiver = new Receiver();
    receiver.frame = (frame: Buffer) => void frames.push(frame);
    feed.attach(receiver.connection);
    for (const seq of [1, 2, 3]) feed.deliver(epoch, seq, wire(seq));
    feed.flush();
    expect(frames).toHaveLength(1);
  });

  it('does not show a newcomer what came before', async () => {
    const { feed, epoch } = await feedOn(history);
    feed.deliver(epoch, 1, wire(1));
    const late = new Receiver();
    feed.attach(late.connection);
    feed.deliver(epoch, 2, wire(2));
    feed.flush();
    expect(late.offsets).toEqual([2]);
  });

  it('reads a gap once, whoever asks for it, however many events came after it', async () => {
    const counts = new Map<string, number>();
    const { feed, receiver, epoch } = await feedOn(counted(history, counts));
    await append(history, 'r', 50);
    for (let seq = 10; seq <= 50; seq += 1) feed.deliver(epoch, seq, wire(seq));
    await Promise.all([feed.catchUp(), feed.catchUp(), feed.compare()]);
    feed.flush();
    expect(receiver.offsets).toEqual(Array.from({ length: 50 }, (_, at) => at + 1));
    expect(counts.get('read')).toBe(1);
  });

  it('holds a bounded number of events ahead of a gap, and reads the rest', async () => {
    const { feed, receiver, epoch } = await feedOn(history);
    await append(history, 'r', 6000);
    for (let seq = 2; seq <= 6000; seq += 1) feed.deliver(epoch, seq, wire(seq));
    await feed.catchUp();
    feed.flush();
    expect(receiver.offsets).toEqual(Array.from({ length: 6000 }, (_, at) => at + 1));
  });

  it('gives up what was heard of and is not in the log', async () => {
    const { feed, receiver, epoch } = await feedOn(history);
    feed.deliver(epoch, 9, wire(9));
    await feed.catchUp();
    await append(history, 'r');
    await feed.compare();
    feed.flush();
    expect(receiver.offsets).toEqual([1]);
    expect(feed.behind).toBe(false);
  });

  it('asks the store about another epoch, and goes on where it was a late hint of an old one', async () => {
    const { feed, receiver, epoch } = await feedOn(history);
    feed.deliver('another', 1, wire(1));
    await feed.compare();
    feed.deliver(epoch, 1, wire(1));
    feed.flush();
    expect(receiver.offsets).toEqual([1]);
    expect(receiver.ended).toEqual([]);
  });

  it('asks its receivers to subscribe again when the log is another', async () => {
    const { feed, receiver } = await feedOn(history);
    await history.deleteRoom('r');
    const room = { id: 'r', kind: 'open', name: 'r', createdAt: 1, createdBy: 'u' } as const;
    await history.createRoom(room, []);
    feed.deliver('another', 1, wire(1));
    await feed.compare();
    expect(receiver.ended).toEqual([2500]);
    expect(feed.stale).toBe(true);
  });

  it('does the same where the log lost its end', async () => {
    const { feed, receiver, epoch } = await feedOn(history);
    feed.deliver(epoch, 1, wire(1));
    await feed.compare();
    expect(receiver.ended).toEqual([2500]);
  });

  it('never skips what was trimmed before it could be delivered', async () => {
    const { feed, receiver } = await feedOn(history);
    await append(history, 'r', 9);
    await history.trim('r', 5);
    await feed.compare();
    expect(receiver.offsets).toEqual([]);
    expect(receiver.ended).toEqual([2500]);
  });

  it('stays behind while the store does not answer, and goes on when it does', async () => {
    let down = true;
    const { feed, receiver, epoch } = await feedOn(
      failing(history, (method) => down && method === 'read' && 'before'),
    );
    await append(history, 'r', 3);
    feed.deliver(epoch, 3, wire(3));
    await expect(feed.catchUp()).rejects.toThrow('failing');
    expect(feed.behind).toBe(true);
    down = false;
    await feed.catchUp();
    feed.flush();
    expect(receiver.offsets).toEqual([1, 2, 3]);
  });

  it('says who leaves the room, once it is their turn', async () => {
    const { feed, left, epoch } = await feedOn(history);
    const member = (seq: number, role: string | null) =>
      `{"seq":${seq},"type":"member","user":{"id":"ada","name":"Ada"},"role":${JSON.stringify(role)}}`;
    feed.deliver(epoch, 2, member(2, null));
    expect(left).toEqual([]);
    feed.deliver(epoch, 1, member(1, 'member'));
    expect(left).toEqual(['ada']);
    await turn();
  });
});
