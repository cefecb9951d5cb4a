import { ManualClock, silentLogger } from '#libs/kernel';
import { SessionCopy, sessionDifference, type SessionStore } from '#libs/state';
import { adapters } from '#libs/state/adapters';

const clock = new ManualClock();
const in60s = () => clock.now() + 60_000;

async function store(): Promise<SessionStore> {
  const options = { url: 'memory:', variable: 'TEST_STORE', clock, logger: silentLogger };
  const made = adapters.find(({ name }) => name === 'memory')?.session?.(options);
  if (!made) throw new Error('the memory adapter keeps sessions');
  await made.open();
  return made;
}

describe('a copy of sessions', () => {
  let from: SessionStore;
  let to: SessionStore;
  let copy: SessionCopy;
  const issue = (hash: string, family: string) =>
    from.issueRefresh({ hash, family, user: 'u', expiresAt: in60s() });
  const rotate = (one: SessionStore, hash: string, next: string) =>
    one.rotateRefresh(hash, { hash: next, expiresAt: in60s() });

  beforeEach(async () => {
    [from, to] = [await store(), await store()];
    copy = new SessionCopy(from, to, clock);
    for (let at = 0; at < 1500; at += 1)
      await from.put(
        [
          {
            session: { id: `${at}`, user: `u${at}`, name: 'U', node: 'n', since: 1 },
            rooms: ['r'],
          },
        ],
        in60s(),
      );
    await issue('1', 'f');
    await issue('other', 'g');
  });

  it('brings connections, logins and when users were seen', async () => {
    await from.remove(['7'], 5);
    await copy.pass();
    expect(copy.items).toBe(1502);
    expect(await to.sessionsIn('r')).toEqual(await from.sessionsIn('r'));
    expect((await to.presenceOf(['u7'])).get('u7')).toEqual({ online: false, lastSeenAt: 5 });
    expect(await rotate(to, '1', '2')).toEqual({ outcome: 'rotated', user: 'u' });
  });

  it('ends what ended at the source since: connections, and logins that were revoked', async () => {
    await copy.pass();
    clock.advance(10);
    await from.remove(['3'], clock.now());
    await from.revokeRefresh('1');
    await copy.pass();
    expect(await to.sessionsOf('u3')).toEqual([]);
    expect((await to.presenceOf(['u3'])).get('u3')?.lastSeenAt).toBe(clock.now());
    expect(await rotate(to, '1', 'x')).toEqual({ outcome: 'unknown' });
    expect(await rotate(to, 'other', 'x')).toEqual({ outcome: 'rotated', user: 'u' });
  });

  it('names the first refresh token that differs, by its user and never in full', async () => {
    await issue('a'.repeat(64), 'h');
    expect(await sessionDifference(from, to)).toMatch(/is missing at the target/);
    await copy.pass();
    expect(await sessionDifference(from, to)).toBeNull();
    await rotate(from, 'a'.repeat(64), 'b');
    const found = await sessionDifference(from, to);
    expect(found).toMatch(/refresh token aaaaaaaa… of user u .* differs/);
    expect(found).not.toContain('a'.repeat(9));
  });
});
