import type {
  DataStore,
  EventBus,
  HistoryStore,
  RoomRecord,
  SessionStore,
  Store,
} from '#libs/state';
import { account, content, document, event } from '#libs/state/testing';
import type { Stores } from './stores.js';

type Call<S> = (store: S) => Promise<unknown>;
type Names<S> = {
  [M in keyof S]: S[M] extends (...given: never[]) => Promise<unknown> ? M : never;
}[keyof S];
/** Every method of a port: one that is added there does not compile here until it is named. */
type Calls<S> = Record<Exclude<Names<S>, 'open' | 'close'>, Call<S>>;

export const room = (id: string): RoomRecord => ({
  id,
  kind: 'open',
  name: id,
  createdAt: 1,
  createdBy: 'u',
});

const later = () => Date.now() + 60_000;
const page = { limit: 10 };
const session = (id: string) => ({ id, user: 'u', name: 'U', node: 'n', since: 1 });
const refresh = (hash: string) => ({ hash, family: 'f', user: 'u', expiresAt: later() });

const history: Calls<HistoryStore> = {
  ping: (store) => store.ping(),
  inspect: (store) => store.inspect(),
  append: (store) => store.append('r', [event()]),
  read: (store) => store.read('r', { limit: 10 }),
  positions: (store) => store.positions(['r']),
  trim: (store) => store.trim('r', 1),
  event: (store) => store.event('r', 'none'),
  changes: (store) => store.changes('r', ['none']),
  createRoom: (store) => store.createRoom(room('new'), []),
  room: (store) => store.room('r'),
  renameRoom: (store) => store.renameRoom('r', 'another'),
  deleteRoom: (store) => store.deleteRoom('none'),
  roomsOfKind: (store) => store.roomsOfKind('open', page),
  roomsOf: (store) => store.roomsOf('u', page),
  members: (store) => store.members('r', page),
  member: (store) => store.member('r', 'u'),
  putMember: (store) => store.putMember('r', { user: 'v', role: 'member', since: 1 }),
  removeMember: (store) => store.removeMember('r', 'w'),
  markRead: (store) => store.markRead('r', 'u', 1),
  readStates: (store) => store.readStates('u', ['r']),
  markers: (store) => store.markers('r', page),
  restore: (store) => store.restore(room('copied'), { epoch: 'e', first: 1 }, []),
  search: (store) => store.search(['r'], ['word'], page),
};

const sessions: Calls<SessionStore> = {
  ping: (store) => store.ping(),
  inspect: (store) => store.inspect(),
  put: (store) => store.put([{ session: session('2'), rooms: ['r'] }], later()),
  renew: (store) => store.renew(['1'], later()),
  remove: (store) => store.remove(['none'], 1),
  enter: (store) => store.enter('1', 'q'),
  leave: (store) => store.leave('1', 'q'),
  sessionsOf: (store) => store.sessionsOf('u'),
  sessionsIn: (store) => store.sessionsIn('r'),
  presenceIn: (store) => store.presenceIn('r'),
  presenceOf: (store) => store.presenceOf(['u']),
  issueRefresh: (store) => store.issueRefresh(refresh('1')),
  rotateRefresh: (store) => store.rotateRefresh('2', { hash: '3', expiresAt: later() }),
  revokeRefresh: (store) => store.revokeRefresh('4'),
  hit: (store) => store.hit('k', 1, 1000),
  dump: (store) => store.dump(page),
  load: (store) => store.load([{ kind: 'seen', user: 'u', at: 1 }]),
};

const bus: Calls<EventBus> = {
  ping: (store) => store.ping(),
  inspect: (store) => store.inspect(),
  publish: (store) => store.publish('t', 'x'),
  subscribe: (store) => store.subscribe('another', () => undefined),
};

const one = (id: string) => ({
  ...{ id, expectedVersion: null, content: content(id), document: document(id) },
});

type Parts = Omit<DataStore, keyof Store>;
const data: { [P in keyof Parts]: Calls<Parts[P]> } = {
  accounts: {
    create: (part) => part.create(account('new')),
    createMissing: (part) => part.createMissing([account('old'), account('other')]),
    byId: (part) => part.byId('u'),
    byUsernameKey: (part) => part.byUsernameKey('u'),
    byIds: (part) => part.byIds(['u']),
    update: (part) => part.update('u', { name: 'x' }),
    setRoles: (part) => part.setRoles('u', ['admin']),
  },
  courses: {
    create: (part) => part.create('new', content('new'), document('x'), 1),
    update: (part) => part.update('c', 1, content('c'), document('x'), 2),
    delete: (part) => part.delete('gone', 1),
    byId: (part) => part.byId('c'),
    bySlug: (part) => part.bySlug('c'),
    cards: (part) => part.cards(['c']),
    byIds: (part) => part.byIds(['c']),
    bySlugs: (part) => part.bySlugs(['c']),
    export: (part) => part.export(page),
    writeAll: (part) => part.writeAll([one('many')], 1),
    revision: (part) => part.revision(),
    changes: (part) => part.changes({ known: 0, limit: 5 }),
    documents: (part) => part.documents(page),
    putDocuments: (part) =>
      part.putDocuments([{ id: 'c', version: 1, document: document('again') }]),
  },
  learning: {
    enrol: (part) => part.enrol('v', 'c', 1),
    leave: (part) => part.leave('w', 'c'),
    enrolment: (part) => part.enrolment('u', 'c'),
    enrolmentsOf: (part) => part.enrolmentsOf('u', page),
    setLesson: (part) => part.setLesson('u', 'c', '1', true),
    rate: (part) => part.rate({ user: 'u', courseId: 'c', stars: 5, at: 1 }),
    importAll: (part) =>
      part.importAll([{ user: 'x', courseId: 'c', enrolledAt: 1, completedLessons: [] }], []),
  },
  interactions: {
    append: (part) => part.append([{ id: '1', user: 'u', courseId: 'c', type: 'view', at: 1 }]),
    recentOf: (part) => part.recentOf('u', 5),
    scan: (part) => part.scan(page),
    count: (part) => part.count(),
  },
  models: {
    put: (part) => part.put(new Uint8Array([1, 2]), '{}', 1),
    get: (part) => part.get('none'),
    active: (part) => part.active(),
    activate: (part) => part.activate('none', 'none', 1).catch(expected('NoSuchRecord')),
    list: (part) => part.list(),
    remove: (part) => part.remove('none'),
  },
  leases: {
    acquire: (part) => part.acquire('l', 'me', later()),
    release: (part) => part.release('l', 'another'),
  },
  idempotency: {
    claim: (part) => part.claim('k', 'f', later()),
    complete: (part) => part.complete('k2', 'x', later()),
    abandon: (part) => part.abandon('k3'),
  },
};

/** An answer of the port that is an error: the store was there. */
const expected = (name: string) => (error: Error) => {
  if (error.name !== name) throw error;
};

export interface Operation {
  name: string;
  run: () => Promise<unknown>;
}

const named = <S>(prefix: string, store: S, calls: Record<string, Call<S>>): Operation[] =>
  Object.entries(calls).map(([name, call]) => ({
    name: `${prefix}.${name}`,
    run: () => call(store),
  }));

/** Every operation of every store here, on what `prepare` has put there. */
export function operations(stores: Stores): Operation[] {
  const { data: kept } = stores;
  return [
    ...(stores.history ? named('history', stores.history, history) : []),
    ...(stores.session ? named('session', stores.session, sessions) : []),
    ...(stores.bus ? named('bus', stores.bus, bus) : []),
    ...(kept
      ? [
          { name: 'data.ping', run: () => kept.ping() },
          { name: 'data.inspect', run: () => kept.inspect() },
          ...(Object.keys(data) as (keyof Parts)[]).flatMap((part) =>
            named(`data.${part}`, kept[part] as never, data[part] as Record<string, Call<never>>),
          ),
        ]
      : []),
  ];
}

export async function prepare({ data: kept, history: log, session: who }: Stores): Promise<void> {
  await log?.createRoom(room('r'), [{ user: 'u', role: 'owner', since: 1 }]);
  await who?.put([{ session: session('1'), rooms: ['r'] }], later());
  await kept?.accounts.create(account('u'));
  for (const id of ['c', 'gone']) await kept?.courses.create(id, content(id), document(), 1);
  await kept?.learning.enrol('u', 'c', 1);
}
