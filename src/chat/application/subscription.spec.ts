import { silentLogger, SystemClock } from '#libs/kernel';
import type { HistoryStore, SessionStore } from '#libs/state';
import { adapters } from '#libs/state/adapters';
import { counted } from '#libs/state/testing';
import type { CourseReader } from '../../course/index.js';
import type { Caller } from '../../platform/http/caller.js';
import { Connections, type Subscription } from '../../platform/ws/index.js';
import { append, HeldBus, Receiver, replica, sharedHistory } from '../chat.testing.js';
import { LOBBY } from '../domain/rooms.js';
import { AccessService } from './access.service.js';
import { PresenceFeeds } from './presence-feeds.js';
import { PresenceService } from './presence.service.js';
import { RoomSessions } from './room-sessions.js';
import { SubscriptionService } from './subscription.service.js';

/** As much of a connection as a subscription needs. */
class Client extends Receiver {
  readonly subscriptions = new Map<string, Subscription>();
  readonly closed = false;
  readonly spareBytes = 1024 * 1024;
  reply = '';

  constructor(
    readonly id: string,
    readonly caller: Caller,
  ) {
    super();
  }

  replyText(_id: number, _verb: string, json: string): void {
    this.reply = json;
  }
}

const courses = {} as CourseReader;

describe('subscriptions', () => {
  let history: HistoryStore;
  let counts: Map<string, number>;
  let sessions: SessionStore;
  let service: SubscriptionService;

  /** A process that has just started, on the history that is there. */
  const start = () => {
    counts = new Map();
    const store = counted(history, counts);
    const clock = new SystemClock();
    const access = new AccessService(store, courses, clock);
    const bus = new HeldBus();
    const connections = new Connections(clock);
    const here = new RoomSessions(sessions);
    const watches = new PresenceFeeds(here, bus, connections, clock, silentLogger);
    const presence = new PresenceService(sessions, connections, watches, clock, silentLogger);
    service = new SubscriptionService(presence, watches, access, replica(store, bus));
  };
  const resume = async (room: string, user: string, offset: number, epoch: string) => {
    const client = new Client(`connection of ${user}`, { id: user, name: user, roles: [] });
    const params = { channel: `room:${room}`, recover: true, offset, epoch, join_leave: false };
    await service.subscribe(client.connection, 1, params);
    return JSON.parse(client.reply) as { recovered: boolean; publications: { offset: number }[] };
  };

  beforeEach(async () => {
    history = await sharedHistory(LOBBY);
    const options = {
      url: 'memory:',
      variable: 'T',
      clock: new SystemClock(),
      logger: silentLogger,
    };
    const made = adapters.find(({ name }) => name === 'memory')?.session?.(options);
    if (!made) throw new Error('memory keeps sessions');
    sessions = made;
    await sessions.open();
  });

  it.each([1, 20, 500])(
    'of %i clients who resume at once after their replica was lost cost the same few reads',
    async (clients) => {
      await append(history, LOBBY, 300);
      const { epoch } = await history.read(LOBBY, { limit: 1 });
      start();
      const answers = await Promise.all(
        Array.from({ length: clients }, (_, at) => resume(LOBBY, `u${at}`, 250 + (at % 40), epoch)),
      );
      for (const [at, { recovered, publications }] of answers.entries()) {
        expect(recovered).toBe(true);
        expect(publications).toHaveLength(50 - (at % 40));
      }
      expect(Object.fromEntries(counts)).toEqual({ positions: 1, read: 1 });
    },
  );

  it('ask for each caller’s membership every time, and for nothing else of a room that is open here', async () => {
    const members = Array.from({ length: 30 }, (_, at) => ({
      user: `u${at}`,
      role: 'member' as const,
      since: 1,
    }));
    const group = { id: 'g', kind: 'group', name: 'g', createdAt: 1, createdBy: 'u' } as const;
    await history.createRoom(group, members);
    await append(history, 'g', 20);
    const { epoch } = await history.read('g', { limit: 1 });
    start();
    const answers = await Promise.all(members.map(({ user }) => resume('g', user, 5, epoch)));
    expect(answers.every(({ publications }) => publications.length === 15)).toBe(true);
    expect(Object.fromEntries(counts)).toEqual({ member: 30, positions: 1, read: 1 });
    await history.removeMember('g', 'u7');
    await expect(resume('g', 'u7', 5, epoch)).rejects.toMatchObject({ code: 'not_found' });
    await expect(resume('g', 'a stranger', 5, epoch)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('make the lobby where it is not there yet, and no other room', async () => {
    await history.deleteRoom(LOBBY);
    start();
    await expect(resume(LOBBY, 'u', 0, 'e')).resolves.toMatchObject({ recovered: false });
    await expect(resume('nowhere', 'u', 0, 'e')).rejects.toMatchObject({ code: 'not_found' });
  });
});
