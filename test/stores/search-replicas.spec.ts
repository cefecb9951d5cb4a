import { type Json, TestApp } from '../../src/app.testing.js';
import { describeShared, keeps } from './support/stores.js';

const paths = [
  '/courses?q=python',
  '/courses?sort=title',
  '/courses?q=python&sort=popular&facets=tag',
];

/** Two replicas whose stores are one and whose bus is none: what the one writes the other sees all the same. */
describeShared(
  'the catalogue on two replicas',
  ({ server }) => {
    let replicas: [TestApp, TestApp];
    let teacher: string;
    let learner: string;

    beforeAll(async () => {
      const variables = { DATA_STORE: await server.freshUrl() };
      replicas = [await TestApp.start(variables), await TestApp.start(variables)];
      [teacher, learner] = [
        await replicas[0].token('teacher', 'instructor'),
        await replicas[0].token('learner', 'student'),
      ];
    });
    afterAll(async () => {
      for (const replica of replicas) await replica.close();
    });

    const ids = ({ items }: Json) => items.map(({ id }) => id).sort();
    const other = (at: number) => replicas[(at + 1) % 2] as TestApp;
    const one = (at: number) => replicas[at % 2] as TestApp;
    const search = async (app: TestApp, path: string) => (await app.call('GET', path)).body;

    it('is searched as it was left by whoever wrote last, on either', async () => {
      const made: string[] = [];
      for (let at = 0; at < 6; at += 1) {
        const { id } = await one(at).publish(teacher, { title: `Python ${at}`, tags: [`t${at}`] });
        made.push(id);
        for (const app of [other(at), one(at)]) {
          expect(ids(await search(app, '/courses?q=python'))).toEqual([...made].sort());
          expect((await search(app, `/courses/suggest?q=pyth`)).items).toHaveLength(made.length);
        }
      }
      const last = made.pop() ?? '';
      await one(0).call('POST', `/courses/${last}/archive`, { token: teacher });
      expect(ids(await search(other(0), '/courses?q=python'))).toEqual([...made].sort());
    });

    it('has the same answers and ETags on both, which change with learners’ doings', async () => {
      const [first] = (await search(one(0), '/courses?q=python')).items;
      for (const [at, act] of ['enrolment', 'rating'].entries()) {
        const body = act === 'rating' ? { body: { stars: 5 } } : {};
        await one(at).call('PUT', `/courses/${first?.id}/${act}`, { token: learner, ...body });
        for (const path of paths) {
          const [here, there] = [
            await one(at).call('GET', path),
            await other(at).call('GET', path),
          ];
          expect(there.text).toBe(here.text);
          expect(there.headers.etag).toBe(here.headers.etag);
          const again = await other(at).call('GET', path, {
            headers: { 'if-none-match': here.headers.etag ?? '' },
          });
          expect(again.status).toBe(304);
        }
      }
      expect((await search(one(1), '/courses?sort=popular&limit=1')).items[0]?.id).toBe(first?.id);
    });

    it('shows drafts to nobody who may not list them, whatever is asked', async () => {
      const body = { title: 'Secret Python', language: 'en', level: 'beginner', category: 'x' };
      const { id } = (await one(0).call('POST', '/courses', { token: teacher, body })).body;
      for (const app of replicas)
        for (const path of ['/courses?q=secret', '/courses?category=x', '/courses/suggest?q=secr'])
          for (const token of [undefined, learner]) {
            const answer = await app.call('GET', path, token === undefined ? {} : { token });
            expect([path, ids(answer.body).includes(id)]).toEqual([path, false]);
          }
      const own = '/courses?q=secret&status=draft&instructor=teacher';
      expect(ids((await other(0).call('GET', own, { token: teacher })).body)).toEqual([id]);
      expect((await other(0).call('GET', own, { token: learner })).status).toBe(403);
    });

    it('has the work of one Idempotency-Key done once, whichever replicas are asked at once', async () => {
      const body = { title: 'Made once', language: 'en', level: 'beginner', category: 'once' };
      const ask = { token: teacher, body, headers: { 'idempotency-key': 'raced' } };
      const asked = Array.from({ length: 8 }, (_, at) => one(at).call('POST', '/courses', ask));
      const answers = await Promise.all(asked);
      for (const app of replicas) answers.push(await app.call('POST', '/courses', ask));
      for (const { status } of answers) expect([201, 409]).toContain(status);
      expect(answers.slice(-2).map(({ status }) => status)).toEqual([201, 201]);
      const made = answers.filter(({ status }) => status === 201);
      expect(new Set(made.map(({ text }) => text)).size).toBe(1);
      const own = '/courses?category=once&status=draft&instructor=teacher';
      expect((await other(0).call('GET', own, { token: teacher })).body.total).toBe(1);
      const different = { ...ask, body: { ...body, title: 'Another' } };
      expect((await one(1).call('POST', '/courses', different)).status).toBe(422);
    });

    it('is gone through by cursor without a gap or a repeat while the other replica writes', async () => {
      for (let at = 0; at < 12; at += 1)
        await one(at).publish(teacher, { title: `Paging algebra ${at}`, category: 'maths' });
      for (const query of ['q=algebra', 'sort=newest', 'sort=title', 'sort=popular']) {
        const path = `/courses?category=maths&limit=3&${query}`;
        const there = new Set(ids(await search(one(0), path.replace('limit=3', 'limit=100'))));
        const seen: string[] = [];
        let cursor: string | null = '';
        for (let at = 0; cursor !== null; at += 1) {
          const page: Json = await search(one(at), `${path}${cursor && `&cursor=${cursor}`}`);
          seen.push(...page.items.map(({ id }) => id));
          cursor = page.next;
          await other(at).publish(teacher, { title: `Geometry ${at} algebra`, category: 'maths' });
          if (seen.length > 99) throw new Error('no end');
        }
        expect([query, seen.length]).toEqual([query, new Set(seen).size]);
        expect([...there].filter((id) => !seen.includes(id))).toEqual([]);
      }
    });
  },
  keeps('data'),
);
