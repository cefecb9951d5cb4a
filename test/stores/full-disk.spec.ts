import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreUnavailable } from '#libs/state';
import { event } from '#libs/state/testing';
import { canMount, type RunningServer } from '../support/servers/index.js';
import { until } from '../support/until.js';
import { room } from './support/operations.js';
import { closed, describeShared, isKind, keeps, opened, type Stores } from './support/stores.js';

/** Enough for an empty server of each kind. */
const megabytes = 400;
const body = JSON.stringify({ text: 'x'.repeat(200_000) });

// A disk of a size of its own is root's to make. The stand-in for MongoDB does not survive a full one.
if (canMount())
  describeShared(
    'a disk that is full',
    ({ adapter, server }) => {
      let own: RunningServer;
      let stores: Stores;

      beforeAll(async () => {
        own = await server.own([], megabytes);
        stores = await opened(adapter, await server.freshOn(own.url), { timeoutMs: 10_000 });
      });
      afterAll(async () => {
        await closed(stores);
        await own.dispose();
      });

      it('has nothing acknowledged that is not kept, and the store goes on when there is room', async () => {
        await stores.history?.createRoom(room('r'), []);
        const acknowledged: number[] = [];
        const write = async (cid: string) => {
          const [answer] = (await stores.history?.append('r', [event({ cid, body })])) ?? [];
          acknowledged.push(answer?.seq ?? 0);
        };
        await write('first');
        const filler = join(own.dir, 'filler');
        const { bavail, bsize } = statfsSync(own.dir);
        writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - 2_000_000)));
        let refused: unknown;
        for (let at = 0; at < 1000 && refused === undefined; at += 1)
          await write(`full-${at}`).catch((error: unknown) => (refused = error));
        expect(refused).toBeInstanceOf(StoreUnavailable);
        rmSync(filler);
        // Some servers end themselves rather than go on: whoever looks after them starts them again.
        await until('it has made up its mind', () =>
          stores.history?.ping().then(
            () => true,
            () => !own.running,
          ),
        );
        if (!own.running) await own.boot();
        await until('there is room again', () =>
          write('after').then(
            () => true,
            () => false,
          ),
        );
        const log = await stores.history?.read('r', { limit: 5000 });
        expect(log?.events.map(({ seq }) => seq)).toEqual(
          Array.from({ length: log?.head ?? 0 }, (_, at) => at + 1),
        );
        const kept = new Set(log?.events.map(({ seq }) => seq));
        expect(acknowledged.filter((seq) => !kept.has(seq))).toEqual([]);
      });
    },
    (subject) => keeps('history')(subject) && !isKind(subject.adapter, 'mongodb'),
  );
else it('is not made here: this process may not mount', () => expect(canMount()).toBe(false));
