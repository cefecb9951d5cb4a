import fc from 'fast-check';
import type { EventType, MemberRole, NewEvent, RoomKind } from '#libs/state';
import { command, few, limit, maybe, name, pageOf, several, small } from './command.js';

const room = few;
const kind = fc.constantFrom<RoomKind>('open', 'group');
const role = fc.constantFrom<MemberRole>('owner', 'moderator', 'member');
const cid = fc.constantFrom('1', '2', '3', 'x', 'X', 'x-', '~!');
const words = fc.subarray(['go', 'vue', '课程', 'Go', 'a']);
const type = fc.constantFrom<EventType>(
  'message',
  'message',
  'message',
  'message.edited',
  'message.deleted',
  'reaction',
);
const eventId = (n: number) => `e${String(n).padStart(3, '0')}`;
const id = fc.integer({ min: 1, max: 40 }).map(eventId);

/** Its id is given when it is appended: unique, as the port wants it. */
const event = fc
  .record({ type, sender: name, cid, at: small, target: maybe(id), terms: words })
  .map(({ target, ...rest }): Omit<NewEvent, 'id'> => {
    const text = { text: `课 😀 "quoted" \\ ${rest.terms.join(' ')}`, n: rest.at };
    const changes = rest.type !== 'message' && target !== undefined;
    return { ...rest, body: JSON.stringify(text), ...(changes && { target }) };
  });

const range = fc.oneof(
  fc.record({ limit, after: small }),
  fc.record({ limit, before: fc.integer({ min: 1, max: 14 }) }),
  fc.record({ limit }),
);
const copied = fc.record({ id: room, first: fc.integer({ min: 1, max: 4 }), count: small });

/** Every method of the port; `restore` copies into rooms of its own, whose epoch is known. */
export const historyCommands = [
  command(
    'history.createRoom',
    { id: room, kind, title: name, at: small, members: fc.uniqueArray(name, { maxLength: 3 }) },
    ({ history }, { id: made, kind: of, title, at, members }) =>
      history?.createRoom(
        { id: made, kind: of, name: title, createdAt: at, createdBy: 'u' },
        members.map((user) => ({ user, role: 'member' as const, since: at })),
      ),
    4,
  ),
  command(
    'history.append',
    { room, events: several(event) },
    ({ history }, { room: to, events }, { next }) =>
      history?.append(
        to,
        events.map((one) => ({ ...one, id: eventId(next()) })),
      ),
    12,
  ),
  command(
    'history.read',
    { room, range: range },
    ({ history }, { room: of, range: asked }) => history?.read(of, asked),
    4,
  ),
  command('history.positions', { rooms: several(room) }, ({ history }, { rooms }) =>
    history?.positions(rooms),
  ),
  command('history.trim', { room, before: small }, ({ history }, { room: of, before }) =>
    history?.trim(of, before),
  ),
  command('history.event', { room, id }, ({ history }, { room: of, id: asked }) =>
    history?.event(of, asked),
  ),
  command('history.changes', { room, ids: several(id, 6) }, ({ history }, { room: of, ids }) =>
    history?.changes(of, ids),
  ),
  command('history.room', { room }, ({ history }, { room: of }) => history?.room(of)),
  command('history.renameRoom', { room, title: name }, ({ history }, { room: of, title }) =>
    history?.renameRoom(of, title),
  ),
  command('history.deleteRoom', { room }, ({ history }, { room: of }) => history?.deleteRoom(of)),
  command('history.roomsOfKind', { kind, page: pageOf(room) }, ({ history }, given) =>
    history?.roomsOfKind(given.kind, given.page),
  ),
  command('history.roomsOf', { user: name, page: pageOf(room) }, ({ history }, { user, page }) =>
    history?.roomsOf(user, page),
  ),
  command('history.members', { room, page: pageOf(name) }, ({ history }, { room: of, page }) =>
    history?.members(of, page),
  ),
  command('history.member', { room, user: name }, ({ history }, { room: of, user }) =>
    history?.member(of, user),
  ),
  command(
    'history.putMember',
    { room, user: name, role, since: small },
    ({ history }, { room: of, ...member }) => history?.putMember(of, member),
    2,
  ),
  command('history.removeMember', { room, user: name }, ({ history }, { room: of, user }) =>
    history?.removeMember(of, user),
  ),
  command(
    'history.markRead',
    { room, user: name, seq: small },
    ({ history }, { room: of, user, seq }) => history?.markRead(of, user, seq),
    3,
  ),
  command('history.readStates', { user: name, rooms: several(room) }, ({ history }, given) =>
    history?.readStates(given.user, given.rooms),
  ),
  command('history.markers', { room, page: pageOf(name) }, ({ history }, { room: of, page }) =>
    history?.markers(of, page),
  ),
  command(
    'history.restore',
    { log: copied, epoch: fc.constantFrom('one', 'two') },
    ({ history }, { log, epoch }) =>
      history?.restore(
        { id: `copy-${log.id}`, kind: 'open', name: 'copied', createdAt: 1, createdBy: 'u' },
        { epoch, first: log.first },
        Array.from({ length: log.count }, (_, at) => ({
          id: `copy-${log.id}-${log.first + at}`,
          type: 'message' as const,
          sender: 'u',
          cid: `c${log.first + at}`,
          at: 1,
          body: '{"text":"go"}',
          seq: log.first + at,
          terms: ['go'],
        })),
      ),
  ),
  command('history.read a copy', { id: room, range: range }, ({ history }, given) =>
    history?.read(`copy-${given.id}`, given.range),
  ),
  command(
    'history.search',
    {
      rooms: several(room),
      terms: fc.subarray(['go', 'vue', '课程', 'Go']),
      page: pageOf(id),
    },
    ({ history }, { rooms, terms, page }) => history?.search(rooms, terms, page),
    3,
  ),
];
