import { TestApp } from '../../app.testing.js';

describe('the catalogue over HTTP', () => {
  let app: TestApp;
  let teacher: string;
  let admin: string;

  beforeAll(async () => {
    app = await TestApp.start();
    teacher = await app.token('teacher', 'instructor');
    admin = await app.token('admin', 'admin');
  });
  afterAll(() => app.close());

  const titles = (body: { items: { title: string }[] }) => body.items.map(({ title }) => title);

  it('goes through all of a list by cursor, in every order, searched or not', async () => {
    for (let n = 0; n < 7; n += 1)
      await app.publish(teacher, { title: `Paging ${n % 3}`, category: 'paging' });
    for (const query of ['sort=newest', 'sort=title', 'sort=rating', 'sort=popular', 'q=paging']) {
      const seen: string[] = [];
      let cursor = '';
      do {
        const { body } = await app.call(
          'GET',
          `/courses?category=paging&limit=3&${query}${cursor}`,
        );
        expect(body.total).toBe(7);
        seen.push(...body.items.map(({ id }) => id));
        cursor = body.next === null ? '' : `&cursor=${body.next}`;
      } while (cursor !== '');
      expect([query, seen.length, new Set(seen).size]).toEqual([query, 7, 7]);
    }
  });

  it('refuses every change of a cursor, and one of another list', async () => {
    const path = '/courses?category=paging&limit=2';
    const next = (await app.call('GET', path)).body.next ?? '';
    for (let at = 0; at < next.length; at += 1) {
      const changed = next.slice(0, at) + (next[at] === 'A' ? 'B' : 'A') + next.slice(at + 1);
      const answer = await app.call('GET', `${path}&cursor=${changed}`);
      expect([at, answer.status, answer.body.code]).toEqual([at, 400, 'bad_cursor']);
    }
    for (const other of ['sort=title', 'level=beginner', 'q=paging', 'language=en']) {
      const answer = await app.call('GET', `${path}&${other}&cursor=${next}`);
      expect([other, answer.body.code]).toEqual([other, 'bad_cursor']);
    }
    expect((await app.call('GET', `${path}&facets=tag&cursor=${next}`)).status).toBe(200);
  });

  it('lists drafts for their instructor and administrators only', async () => {
    const draft = { title: 'Unborn', language: 'en', level: 'beginner', category: 'drafts' };
    await app.call('POST', '/courses', { token: teacher, body: draft });
    const own = '/courses?status=draft&instructor=teacher&category=drafts';
    expect(titles((await app.call('GET', own, { token: teacher })).body)).toEqual(['Unborn']);
    expect(titles((await app.call('GET', own, { token: admin })).body)).toEqual(['Unborn']);
    const rival = await app.token('rival', 'instructor');
    expect((await app.call('GET', own, { token: rival })).status).toBe(403);
    expect((await app.call('GET', own)).status).toBe(403);
  });

  it('searches within filters, with facets of what was found', async () => {
    await app.publish(teacher, { title: '量子力学', language: 'zh', category: 'physics' });
    await app.publish(teacher, { title: '高质量的代码', language: 'zh', category: 'programming' });
    const q = encodeURIComponent('量子');
    const { body } = await app.call('GET', `/courses?q=${q}&facets=category`);
    expect(titles(body)).toEqual(['量子力学']);
    expect(body.items[0]?.highlights).toEqual({ title: '<mark>量子</mark>力学' });
    expect(body.facets).toEqual({ category: [{ value: 'physics', count: 1 }] });
    expect((await app.call('GET', `/courses?q=${q}&category=programming`)).body.total).toBe(0);
    expect((await app.call('GET', '/courses?q=%3F%3F')).body.items).toEqual([]);
  });

  it('suggests what completes the last word, titles first', async () => {
    await app.publish(teacher, { title: 'Watercolour landscapes', tags: ['painting'] });
    await app.publish(teacher, { title: 'Oil painting', tags: ['water'] });
    const suggest = async (q: string) =>
      titles((await app.call('GET', `/courses/suggest?q=${encodeURIComponent(q)}`)).body);
    expect(await suggest('wat')).toEqual(['Watercolour landscapes', 'Oil painting']);
    expect(await suggest('oil pai')).toEqual(['Oil painting']);
    expect(await suggest('量')).toEqual(expect.arrayContaining(['量子力学', '高质量的代码']));
    expect(await suggest('zzz')).toEqual([]);
  });
});
