import fc from 'fast-check';
import type { ManualClock } from '#libs/kernel';
import {
  type AccountPatch,
  type InteractionType,
  type Role,
  trendHalfLifeMs,
  trendLandmark,
} from '#libs/state';
import { account } from '#libs/state/testing';
import {
  command,
  few,
  limit,
  maybe,
  name,
  pageOf,
  seconds,
  several,
  small,
  sorted,
} from './command.js';

const id = fc.constantFrom('1', '2', '3', 'x', 'X');
const role = fc.constantFrom<Role>('student', 'instructor', 'admin');
const accounts = fc.record({ id, key: name, bio: maybe(name) }).map((given) =>
  account(given.id, {
    usernameKey: given.key,
    ...(given.bio !== undefined && { bio: given.bio }),
  }),
);
const patch = fc.record(
  { name, bio: fc.option(name), avatarUrl: fc.option(name), passwordHash: name },
  { requiredKeys: [] },
) as fc.Arbitrary<AccountPatch>;
const interaction = fc
  .record({
    id: fc.integer({ min: 1, max: 30 }).map((n) => `i${String(n).padStart(3, '0')}`),
    user: few,
    courseId: few,
    type: fc.constantFrom<InteractionType>('view', 'rate', 'hide', 'unhide'),
    at: small.map((n) => trendLandmark + n * trendHalfLifeMs),
  })
  .map((given) => ({ ...given, ...(given.type === 'rate' && { value: 4 }) }));
const blob = fc.constantFrom('one', 'two', 'three').map((text) => new TextEncoder().encode(text));
const hash = fc.constantFrom('one', 'two', 'three', 'none');
const deadline = (clock: ManualClock, n: number) => clock.now() + n * 1000;

/** What the blobs' own hashes are is for the store to say: they are known by the order they were put. */
const hashes = new Map<string, string>();

export const dataCommands = [
  command(
    'accounts.create',
    { account: accounts },
    ({ data }, given) => data?.accounts.create(given.account),
    3,
  ),
  command(
    'accounts.createMissing',
    { all: fc.uniqueArray(accounts, { minLength: 1, maxLength: 4, selector: (one) => one.id }) },
    ({ data }, { all }) => data?.accounts.createMissing(all),
  ),
  command('accounts.byId', { id }, ({ data }, given) => data?.accounts.byId(given.id)),
  command('accounts.byUsernameKey', { key: name }, ({ data }, { key }) =>
    data?.accounts.byUsernameKey(key),
  ),
  command('accounts.byIds', { ids: several(id) }, async ({ data }, { ids }) =>
    sorted((await data?.accounts.byIds(ids)) ?? []),
  ),
  command('accounts.update', { id, patch }, ({ data }, given) =>
    data?.accounts.update(given.id, given.patch),
  ),
  command('accounts.setRoles', { id, roles: several(role) }, ({ data }, { id: of, roles }) =>
    data?.accounts.setRoles(of, roles),
  ),

  command(
    'interactions.append',
    { all: several(interaction) },
    ({ data }, { all }) => data?.interactions.append(all),
    2,
  ),
  command('interactions.recentOf', { user: few, limit }, ({ data }, given) =>
    data?.interactions.recentOf(given.user, given.limit),
  ),
  command('interactions.hiddenBy', { user: few }, async ({ data }, given) =>
    [...((await data?.interactions.hiddenBy(given.user)) ?? [])].sort(),
  ),
  command('interactions.trending', { limit }, ({ data }, given) =>
    data?.interactions.trending(given.limit),
  ),
  command(
    'interactions.scan',
    { page: pageOf(fc.constantFrom('i001', 'i010', 'i02')) },
    ({ data }, { page }) => data?.interactions.scan(page),
  ),
  command('interactions.count', {}, ({ data }) => data?.interactions.count()),

  command('models.put', { blob, meta: name, at: small }, async ({ data }, given) => {
    const info = await data?.models.put(given.blob, given.meta, given.at);
    if (info) hashes.set(new TextDecoder().decode(given.blob), info.sha256);
    return info;
  }),
  command('models.get', { hash }, async ({ data }, given) => {
    const found = await data?.models.get(hashes.get(given.hash) ?? given.hash);
    return found && [...found];
  }),
  command('models.fence', { fencing: small }, ({ data }, { fencing }) =>
    data?.models.fence(fencing),
  ),
  command('models.active', {}, ({ data }) => data?.models.active()),
  command(
    'models.activate',
    { expected: fc.option(hash), next: hash, fencing: small },
    ({ data }, { expected, next, fencing }) =>
      data?.models.activate(
        expected === null ? null : (hashes.get(expected) ?? expected),
        hashes.get(next) ?? next,
        fencing,
      ),
    2,
  ),
  command('models.list', {}, async ({ data }) => {
    const listed = (await data?.models.list()) ?? [];
    return { times: listed.map(({ createdAt }) => createdAt), all: sorted(listed) };
  }),
  command('models.remove', { hash }, ({ data }, given) =>
    data?.models.remove(hashes.get(given.hash) ?? given.hash),
  ),

  command(
    'leases.acquire',
    { lease: name, owner: few, ttl: seconds },
    ({ data }, { lease, owner, ttl }, { clock }) =>
      data?.leases.acquire(lease, owner, deadline(clock, ttl)),
    2,
  ),
  command('leases.release', { lease: name, owner: few }, ({ data }, { lease, owner }) =>
    data?.leases.release(lease, owner),
  ),
  command(
    'idempotency.claim',
    { key: name, print: few, ttl: seconds },
    ({ data }, { key, print, ttl }, { clock }) =>
      data?.idempotency.claim(key, print, deadline(clock, ttl)),
    2,
  ),
  command(
    'idempotency.complete',
    { key: name, response: name, ttl: seconds },
    async ({ data }, { key, response, ttl }, { clock }) => {
      // As its one caller does: whoever claimed it, in time.
      const claim = await data?.idempotency.claim(key, 'f', deadline(clock, ttl + 1));
      if (claim?.state === 'claimed')
        await data?.idempotency.complete(key, response, deadline(clock, ttl));
      return claim;
    },
  ),
  command('idempotency.abandon', { key: name }, ({ data }, { key }) =>
    data?.idempotency.abandon(key),
  ),
];
