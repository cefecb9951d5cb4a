import { randomBytes } from 'node:crypto';
import {
  CorruptRecord,
  type MemberRecord,
  type MemberRole,
  type Membership,
  newEpoch,
  NoSuchRecord,
  type Page,
  type Position,
  type ReadMarker,
  type RoomKind,
  type RoomRecord,
} from '#libs/state';
import { tagged } from '../keys.js';
import type { RedisLink } from '../link.js';
import { type Argument, Script } from '../script.js';
import { Links } from './links.js';
import {
  createLua,
  deleteLua,
  putMemberLua,
  removeMemberLua,
  renameLua,
  renewLua,
  usersLua,
} from './rooms.lua.js';

const createScript = new Script<1 | (string | null)[]>(createLua);
const renameScript = new Script<(string | null)[] | null>(renameLua);
const renewScript = new Script<string | null>(renewLua);
const deleteScript = new Script<[kind: string, nonce: string, members: string[]] | null>(deleteLua);
const putMemberScript = new Script<string | null>(putMemberLua);
const removeMemberScript = new Script<string | null>(removeMemberLua);
const usersScript = new Script<string[] | null>(usersLua);

const recordFields = ['kind', 'name', 'course', 'at', 'by'] as const;

/** The record as scripts take it, its id aside, which is in the key. An absent course differs from an empty one. */
export const recordArguments = ({
  kind,
  name,
  courseId,
  createdAt,
  createdBy,
}: RoomRecord): Argument[] => [
  kind,
  name,
  courseId === undefined ? '' : `=${courseId}`,
  createdAt,
  createdBy,
];

function recordOf(id: string, fields: readonly (string | null | undefined)[]): RoomRecord | null {
  const [kind, name, course, at, by] = fields;
  if (kind === null || kind === undefined) return null;
  if (name === null || name === undefined) throw new CorruptRecord(`room ${id} has no name`);
  return {
    id,
    kind: kind as RoomKind,
    name,
    ...(course && { courseId: course.slice(1) }),
    createdAt: Number(at),
    createdBy: by ?? '',
  };
}

/** A member as stored: 'role since nonce'. */
const memberValue = ({ role, since }: MemberRecord, nonce: string): string =>
  `${role} ${since} ${nonce}`;

function memberOf(user: string, value: string): MemberRecord {
  const [role, since] = value.split(' ');
  return { user, role: role as MemberRole, since: Number(since) };
}

const pairs = (flat: readonly string[]): [string, string][] =>
  Array.from({ length: flat.length / 2 }, (_, at) => [flat[2 * at] ?? '', flat[2 * at + 1] ?? '']);

/**
 * Rooms and their members. The room's own keys are the truth; the indexes by kind and by user live in
 * other slots and are written before and removed after it, so that they always hold at least what is
 * true, wherever a process dies in between. Readers ask the room.
 */
export class RedisRooms {
  private readonly links: Links;

  constructor(private readonly link: RedisLink) {
    this.links = new Links(link);
  }

  async create(
    room: RoomRecord,
    members: readonly MemberRecord[],
  ): Promise<{ room: RoomRecord; created: boolean }> {
    const there = await this.find(room.id);
    if (there) return { room: there, created: false };
    const nonce = this.nonce();
    await this.links.add([
      [this.kindKey(room.kind), room.id, nonce],
      ...members.map(({ user }) => [this.userKey(user), room.id, nonce] as const),
    ]);
    const args: Argument[] = [newEpoch(), nonce, ...recordArguments(room)];
    for (const member of members) args.push(member.user, memberValue(member, nonce));
    const reply = await this.link.call('create room', () =>
      this.link.run(createScript, this.key(room.id), args),
    );
    if (reply === 1) return { room: { ...room }, created: true };
    return { room: recordOf(room.id, reply) ?? room, created: false };
  }

  /** Before a room is restored: the index has it, whatever comes. */
  async announce(room: RoomRecord): Promise<string> {
    const nonce = this.nonce();
    if (!(await this.find(room.id)))
      await this.links.add([[this.kindKey(room.kind), room.id, nonce]]);
    return nonce;
  }

  find(id: string): Promise<RoomRecord | null> {
    return this.link.call('room', async (client) =>
      recordOf(id, await client.hmget(this.key(id), ...recordFields)),
    );
  }

  async rename(id: string, name: string): Promise<RoomRecord> {
    const fields = await this.link.call('rename room', () =>
      this.link.run(renameScript, this.key(id), [name]),
    );
    return this.existing(id, recordOf(id, this.existing(id, fields)));
  }

  async renew(id: string): Promise<Position> {
    const epoch = newEpoch();
    const head = await this.link.call('renew epoch', () =>
      this.link.run(renewScript, this.key(id), [epoch]),
    );
    return { epoch, head: Number(this.existing(id, head)) };
  }

  async delete(id: string): Promise<void> {
    const gone = await this.link.call('delete room', () =>
      this.link.run(deleteScript, this.key(id), []),
    );
    if (!gone) return;
    const [kind, nonce, members] = gone;
    await this.links.remove([
      [this.kindKey(kind), id, nonce],
      ...pairs(members).map(([user, value]) => [this.userKey(user), id, nonceOf(value)] as const),
    ]);
  }

  ofKind(kind: RoomKind, page: Page): Promise<RoomRecord[]> {
    return this.links.page(this.kindKey(kind), page, async (client, id) => {
      const room = recordOf(id, await client.hmget(this.key(id), ...recordFields));
      return room?.kind === kind ? room : null;
    });
  }

  ofUser(user: string, page: Page): Promise<Membership[]> {
    return this.links.page(this.userKey(user), page, async (client, id) => {
      const fields = await client.hmget(this.key(id), ...recordFields, `m${user}`);
      const room = recordOf(id, fields);
      const member = fields[recordFields.length];
      return room && member ? { room, role: memberOf(user, member).role } : null;
    });
  }

  async members(room: string, page: Page): Promise<MemberRecord[]> {
    return (await this.users(room, 'm', page)).map(([user, value]) => memberOf(user, value));
  }

  async markers(room: string, page: Page): Promise<ReadMarker[]> {
    return (await this.users(room, 'r', page)).map(([user, seq]) => ({ user, seq: Number(seq) }));
  }

  async member(room: string, user: string): Promise<MemberRecord | null> {
    const [epoch, member] = await this.link.call('member', (client) =>
      client.hmget(this.key(room), 'epoch', `m${user}`),
    );
    this.existing(room, epoch);
    return member ? memberOf(user, member) : null;
  }

  async putMember(
    room: string,
    member: MemberRecord,
  ): Promise<{ created: boolean; previous: MemberRole | null }> {
    const put = async (nonce: string) => {
      const { user, role, since } = member;
      const reply = await this.link.call('put member', () =>
        this.link.run(putMemberScript, this.key(room), [user, role, since, nonce]),
      );
      return this.existing(room, reply);
    };
    let previous = await put('');
    if (previous === '') {
      const nonce = this.nonce();
      await this.links.add([[this.userKey(member.user), room, nonce]]);
      previous = await put(nonce);
    }
    return previous === ''
      ? { created: true, previous: null }
      : { created: false, previous: previous as MemberRole };
  }

  async removeMember(room: string, user: string): Promise<boolean> {
    const reply = await this.link.call('remove member', () =>
      this.link.run(removeMemberScript, this.key(room), [user]),
    );
    const before = this.existing(room, reply);
    if (before === '') return false;
    await this.links.remove([[this.userKey(user), room, nonceOf(before)]]);
    return true;
  }

  private async users(room: string, which: 'm' | 'r', { limit, after }: Page) {
    const reply = await this.link.call('members', () =>
      this.link.run(usersScript, this.key(room), [which, limit, after ?? '']),
    );
    return pairs(this.existing(room, reply));
  }

  private key(room: string): string {
    return `${this.link.url.prefix}:r:${tagged(room)}`;
  }

  private kindKey(kind: string): string {
    return `${this.link.url.prefix}:k:${tagged(kind)}`;
  }

  private userKey(user: string): string {
    return `${this.link.url.prefix}:u:${tagged(user)}`;
  }

  /** When it was made, and something nobody else has. */
  private nonce(): string {
    return `${this.link.now.toString(36)}.${randomBytes(6).toString('base64url')}`;
  }

  private existing<T>(room: string, found: T | null | undefined): T {
    if (found === null || found === undefined) throw new NoSuchRecord(`room ${room}`);
    return found;
  }
}

const nonceOf = (member: string): string => member.slice(member.lastIndexOf(' ') + 1);
