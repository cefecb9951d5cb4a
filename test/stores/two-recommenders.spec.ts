import { call } from '../support/http.js';
import type { Json } from '../support/json.js';
import { enrol, external, type Person, publishCourse } from '../support/people.js';
import { TestServer } from '../support/server.js';
import { type KindName, servers } from '../support/servers/index.js';
import { until } from '../support/until.js';

const kinds: KindName[] = ['postgres', 'mongodb'];

describe.each(kinds.filter((kind) => servers[kind].available))(
  'two replicas that recommend, on %s',
  (kind) => {
    let replicas: TestServer[] = [];
    let courses: Json[];
    let me: Person;

    beforeAll(async () => {
      const url = await servers[kind].freshUrl();
      const stores = ['DATA_STORE', 'HISTORY_STORE', 'SESSION_STORE', 'EVENT_BUS'];
      const variables = {
        ...Object.fromEntries(stores.map((variable) => [variable, url])),
        REPLICAS: '2',
        TRAIN_EVERY: '1',
        TRAIN_MIN_EVENTS: '60',
        TRAIN_BUDGET: '0',
      };
      for (let n = 0; n < 2; n += 1) replicas.push(await TestServer.start(variables));
      const teacher = await external('teacher', 'instructor');
      courses = [];
      for (let n = 0; n < 12; n += 1) courses.push(await publishCourse(on(n), teacher));
      // Two tastes: courses of even and of odd numbers.
      for (let user = 0; user < 16; user += 1) {
        const person = await external(`learner-${user}`);
        for (let n = 0; n < 4; n += 1)
          await enrol(on(user), person, id((user % 2) + 2 * ((user + n) % 6)));
      }
      me = await external('me');
      await enrol(on(0), me, id(0));
    });
    afterAll(async () => {
      for (const replica of replicas) await replica.dispose();
      replicas = [];
    });

    /** The replicas in turn. */
    const on = (n: number) => {
      const replica = replicas[n % replicas.length];
      if (!replica) throw new Error('there are two');
      return replica;
    };
    const id = (n: number) => courses[n]?.id ?? '';
    const ask = async (at: 0 | 1, path = '/recommendations') => {
      const answer = await call(on(at), 'GET', path, { token: me.token });
      expect(answer.status).toBe(200);
      const ids = answer.body.items.map(({ course }) => course.id);
      return { text: answer.text, ids, model: answer.body.model, items: answer.body.items };
    };
    const versions = async () => [(await ask(0)).model, (await ask(1)).model];

    it('pick up the model that one of them trained, and answer with the same bytes', async () => {
      await until('both have one and the same model', async () => {
        const [one, other] = await versions();
        return one !== null && one === other;
      });
      for (const path of [
        '/recommendations',
        '/recommendations/popular',
        '/recommendations/trending',
      ])
        expect((await ask(1, path)).text).toBe((await ask(0, path)).text);
    });

    it('know at once what was taken on the other: it is gone, and the rest has moved', async () => {
      const before = await ask(1);
      const [taken = ''] = before.ids;
      expect(before.items[0]?.reason).toMatchObject({ kind: 'because', courseId: id(0) });
      expect((await enrol(on(0), me, taken)).status).toBe(201);
      const after = await ask(1);
      expect(after.ids).not.toContain(taken);
      const scores = (answer: typeof before) =>
        new Map(answer.items.map(({ course, score }) => [course.id, score]));
      expect(scores(after)).not.toEqual(
        new Map([...scores(before)].filter(([of]) => of !== taken)),
      );
      expect((await ask(0)).text).toBe(after.text);
    });

    it('know at once what was hidden, archived and published on the other', async () => {
      const [hidden = '', archived = ''] = (await ask(1)).ids;
      const events = [{ type: 'hide', courseId: hidden }];
      await call(on(0), 'POST', '/interactions', { token: me.token, body: { events } });
      const teacher = await external('teacher', 'instructor');
      await call(on(0), 'POST', `/courses/${archived}/archive`, { token: teacher.token });
      const made = await publishCourse(on(0), teacher);
      const { ids } = await ask(1);
      expect(ids).not.toContain(hidden);
      expect(ids).not.toContain(archived);
      expect(ids).toContain(made.id);
    });

    it('count what trends together', async () => {
      const events = (n: number) => ({ events: [{ type: 'complete', courseId: id(n) }] });
      const most = 11;
      for (let user = 0; user < 30; user += 1) {
        const { token } = await external(`fan-${user}`);
        const at = on(user);
        const answer = await call(at, 'POST', '/interactions', { token, body: events(most) });
        expect(answer.status).toBe(202);
      }
      for (const at of [0, 1] as const) {
        const trending = await ask(at, '/recommendations/trending?limit=1');
        expect(trending.ids).toEqual([id(most)]);
      }
    });
  },
);
