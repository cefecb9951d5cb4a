import { AlreadyExists, type DataStore, NoSuchRecord } from '#libs/state';
import { account } from './data-records.js';

export function accountsContract(data: () => DataStore): void {
  const accounts = () => data().accounts;

  describe('accounts', () => {
    it('are found by id and by username key, as they were stored', async () => {
      const given = account('u', {
        username: 'Ü',
        usernameKey: 'ü',
        bio: 'x',
        avatarUrl: 'https://x.test/',
        passwordHash: 'h',
        roles: ['admin', 'instructor'],
      });
      await accounts().create(given);
      expect(await accounts().byId('u')).toEqual(given);
      expect(await accounts().byUsernameKey('ü')).toEqual(given);
      expect(await accounts().byUsernameKey('u')).toBeNull();
      expect(await accounts().byIds(['none', 'u', 'u'])).toEqual([given]);
    });

    it('have unique ids and username keys, also where two are made at once', async () => {
      const both = await Promise.allSettled(
        ['a', 'b'].map((id) => accounts().create(account(id, { usernameKey: 'same' }))),
      );
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: expect.any(AlreadyExists) as unknown,
      });
      await accounts().create(account('c'));
      await expect(accounts().create(account('c', { usernameKey: 'new' }))).rejects.toThrow(
        AlreadyExists,
      );
    });

    it('are made in bulk without touching those that exist', async () => {
      await accounts().create(account('a', { name: 'first' }));
      expect(await accounts().createMissing([account('a', { name: 'second' }), account('b')])).toBe(
        1,
      );
      expect(await accounts().byId('a')).toMatchObject({ name: 'first' });
    });

    it('change the given fields, lose those given as null, keep the rest', async () => {
      await accounts().create(account('u', { bio: 'x', avatarUrl: 'https://x.test/' }));
      const changed = await accounts().update('u', { name: 'new', bio: null });
      expect(changed).toEqual(account('u', { name: 'new', avatarUrl: 'https://x.test/' }));
      expect(await accounts().setRoles('u', ['moderator'])).toEqual({
        ...changed,
        roles: ['moderator'],
      });
      await expect(accounts().update('none', { name: 'x' })).rejects.toThrow(NoSuchRecord);
      await expect(accounts().setRoles('none', [])).rejects.toThrow(NoSuchRecord);
    });
  });
}
