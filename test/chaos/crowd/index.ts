import { sign } from '../../support/tokens.js';
import { pause } from '../../support/until.js';
import type { Random } from '../random.js';
import type { RoomRecord } from '../record.js';
import type { Entrance, Person } from './entrance.js';
import { asStored, type Page, type WireEvent } from './events.js';
import { Receiver } from './receiver.js';
import { overHttp, overSocket, Sender } from './sender.js';

export interface CrowdSize {
  rooms: number;
  /** Receivers of each room. */
  receivers: number;
  /** Messages per second that each room is sent, where nothing fails. */
  rate: number;
}

/** Of the senders of a room, one sends over HTTP; none has more than one message under way. */
const senders = { socket: 5, http: 1 };
/** How many of those who go are only away for a while, and for how long, ms: some miss too much to resume. */
const napping = 0.3;
const napMs = [1000, 60_000] as const;

interface Room {
  id: string;
  epoch: string;
  readers: Person[];
  receivers: Receiver[];
  left: Receiver[];
  senders: Sender[];
}

const person = async (id: string, ...roles: string[]): Promise<Person> => ({
  id,
  token: await sign({ sub: id, name: id, roles }, { expires: '48h' }),
});

/** Those who write and read in some rooms, and the record of what they saw. */
export class Crowd {
  readonly rooms: Room[] = [];
  private readonly clients: { disconnect(): void }[] = [];
  private stopped = false;
  private made = 0;

  constructor(
    private readonly size: CrowdSize,
    private readonly entrance: Entrance,
    private readonly random: Random,
    private readonly clock: () => number,
  ) {}

  /** Makes the rooms, open ones and groups by turns, lets the receivers in and the senders begin. */
  async start(): Promise<void> {
    const moderator = await person('moderator', 'moderator');
    for (let number = 0; number < this.size.rooms; number += 1) {
      const room = await this.makeRoom(number, moderator);
      this.rooms.push(room);
      for (const reader of room.readers) this.admit(room, reader);
      await Promise.all(room.receivers.map((receiver) => receiver.ready()));
    }
    for (const room of this.rooms) for (const sender of room.senders) sender.start();
  }

  /** Now and then somebody leaves for good and comes back as a newcomer, who joins live, or is away for a while. */
  async change(everyMs: number): Promise<void> {
    while (!this.stopped) {
      await pause(this.random.between(everyMs / 2, everyMs * 1.5));
      if (this.stopped) return;
      const room = this.random.pick(this.rooms);
      const leaver = this.random.pick(room.receivers);
      if (this.random.next() < napping) {
        leaver.sleep(this.random.between(...napMs));
        continue;
      }
      leaver.leave();
      room.receivers.splice(room.receivers.indexOf(leaver), 1);
      room.left.push(leaver);
      this.admit(room, leaver.who);
    }
  }

  /** Resolves when every message that was begun is acknowledged. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const { receivers } of this.rooms) for (const receiver of receivers) receiver.wake();
    const all = this.rooms.flatMap(({ senders: ofRoom }) => ofRoom);
    await Promise.all(all.map((sender) => sender.stop()));
  }

  /** Requests that only look, of a room and of the catalogue. @throws Refusal, each */
  looks(): Promise<unknown>[] {
    const { id, readers } = this.random.pick(this.rooms);
    const who = this.random.pick(readers);
    const paths = [`/rooms/${id}`, `/rooms/${id}/messages?limit=20`, '/courses?limit=1'];
    return paths.map((path) => this.entrance.ask(who, 'GET', path));
  }

  close(): void {
    for (const client of this.clients) client.disconnect();
    for (const { receivers } of this.rooms) for (const receiver of receivers) receiver.close();
  }

  get acknowledged(): number {
    return this.count(({ senders: all }) =>
      all.flatMap(({ sent }) => sent).reduce((sum, { ack }) => sum + (ack ? 1 : 0), 0),
    );
  }

  get events(): number {
    return this.count(({ receivers, left }) =>
      [...receivers, ...left].reduce((sum, { steps }) => sum + steps.length, 0),
    );
  }

  /** Whether everybody who stayed has heard what was acknowledged. */
  get caughtUp(): boolean {
    return this.rooms.every(({ senders: all, receivers }) => {
      const head = Math.max(0, ...all.map(({ sent }) => sent.at(-1)?.ack?.seq ?? 0));
      return receivers.every(({ last }) => last >= head);
    });
  }

  async presence(entrances: readonly Entrance[]): Promise<RoomRecord['presence'][]> {
    return Promise.all(
      this.rooms.map(({ id, receivers, readers }) =>
        Promise.all(
          entrances.map(async (entrance, replica) => {
            const expected: Record<string, number> = {};
            for (const { who } of receivers) expected[who.id] = (expected[who.id] ?? 0) + 1;
            const [reader] = readers;
            if (!reader) throw new Error(`nobody reads ${id}`);
            const { items } = (await entrance.ask(reader, 'GET', `/rooms/${id}/presence`)) as {
              items: { user: { id: string }; connections: number }[];
            };
            const seen = Object.fromEntries(
              items.map(({ user, connections }) => [user.id, connections]),
            );
            return { replica, expected, seen };
          }),
        ),
      ),
    );
  }

  /** Reads all of history back, over REST, and puts it beside what everybody saw. */
  async record(presence: RoomRecord['presence'][]): Promise<RoomRecord[]> {
    return Promise.all(
      this.rooms.map(async (room, at) => {
        const { items, epochs } = await this.history(room);
        return {
          room: room.id,
          epoch: room.epoch,
          epochs,
          history: items.map(asStored),
          sent: room.senders.flatMap(({ sent }) => sent),
          receivers: [...room.receivers, ...room.left].map(({ record }) => record),
          presence: presence[at] ?? [],
        };
      }),
    );
  }

  private async history({ id, readers: [reader] }: Room) {
    if (!reader) throw new Error(`nobody reads ${id}`);
    const items: WireEvent[] = [];
    const epochs = new Set<string>();
    for (let head = 1, after = 0; after < head;) {
      const path = `/rooms/${id}/messages?limit=100&after=${after}`;
      const page = (await this.entrance.ask(reader, 'GET', path)) as Page;
      items.push(...page.items);
      epochs.add(page.epoch);
      head = page.head;
      after = Math.max(page.items.at(-1)?.seq ?? head, after + 1);
    }
    return { items, epochs: [...epochs] };
  }

  private async makeRoom(number: number, moderator: Person): Promise<Room> {
    const names = Array.from({ length: this.size.receivers }, (_, at) => `reader-${number}-${at}`);
    const readers = await Promise.all(names.map((name) => person(name)));
    const writer = await person(`writer-${number}`);
    // Whoever comes with a token is known from their first request on.
    for (const one of [writer, ...readers]) await this.entrance.ask(one, 'GET', '/users/me');
    const members = [writer, ...readers].map(({ id }) => id);
    const kind = number % 2 === 0 ? 'open' : 'group';
    const { id, epoch } = (await this.entrance.ask(moderator, 'POST', '/rooms', {
      name: `room ${number}`,
      kind,
      ...(kind === 'group' && { members }),
    })) as { id: string; epoch: string };
    return { id, epoch, readers, receivers: [], left: [], senders: this.sendersOf(id, writer) };
  }

  private sendersOf(room: string, writer: Person): Sender[] {
    const everyMs = ((senders.socket + senders.http) * 1000) / this.size.rate;
    return Array.from({ length: senders.socket + senders.http }, (_, number) => {
      let send = overHttp(this.entrance, writer);
      if (number < senders.socket) {
        const client = this.entrance.client(writer);
        this.clients.push(client);
        client.connect();
        send = overSocket(this.entrance, client);
      }
      const { random, clock } = this;
      return new Sender(`${room}-${number}`, writer, room, send, everyMs, random, clock);
    });
  }

  private admit(room: Room, reader: Person): void {
    this.made += 1;
    const name = `${reader.id} (${this.made})`;
    room.receivers.push(new Receiver(name, reader, room.id, this.entrance, this.clock));
  }

  private count(of: (room: Room) => number): number {
    return this.rooms.reduce((sum, room) => sum + of(room), 0);
  }
}
