import { call } from '../support/http.js';
import { external, type Person, publishCourse } from '../support/people.js';
import { TestServer } from '../support/server.js';

/** Every block of Unicode has its first characters in it. */
const everyBlock = Array.from({ length: 0x110 }, (_, block) =>
  String.fromCodePoint(block * 0x1000 + 0x20),
)
  .filter((character) => character.isWellFormed())
  .join('');

/** What is asked, and how it is answered: 431 is the HTTP parser's, of a request that is too long by itself. */
const hostile: [string, string, number?][] = [
  ['10,000 characters', 'python '.repeat(1429), 422],
  ['10,000 Han characters', '课'.repeat(10_000), 431],
  ['200 words', Array.from({ length: 50 }, (_, at) => `w${at}`).join(' ')],
  ['one long word', 'a'.repeat(200)],
  ['punctuation only', '?!.,;:()[]{}<>"\'`~@#$%^&*-_=+|\\/'],
  ['every block of Unicode', everyBlock.slice(0, 190)],
  ['control characters', '\u0000\u0001\u0007\u001b\u007f\u0085\u2028\ufeff', 422],
  ['combining marks', `a${'\u0301'.repeat(190)}`],
  ['regular expressions', '(a+)+$ .* [^]* (?:x{1,99999}){9}'],
  ['SQL', "'; DROP TABLE courses; -- ' OR 1=1 UNION SELECT"],
  ['NoSQL', '{"$gt": ""} $where: sleep(9999) [$ne]=1'],
  ['LIKE', '%_%_%\\%'],
  ['only unwanted words', '-python -java'],
  ['open quotes', '"python "" " -" "-'],
  ['bidirectional marks', '\u202eabc\u202d\u2066x\u2069'],
];

describe('searching', () => {
  let server: TestServer;
  let teacher: Person;

  beforeAll(async () => {
    server = await TestServer.start();
    teacher = await external('teacher-search', 'instructor');
    await publishCourse(server, teacher, { title: 'Python入门', language: 'zh', tags: ['k8s'] });
    await publishCourse(server, teacher, { title: 'C++ in practice' });
  });
  afterAll(() => server.dispose());

  const get = (path: string) => call(server, 'GET', path);

  it.each(hostile)('answers %s, or says what is wrong with it', async (_what, q, status = 200) => {
    for (const path of ['/courses?facets=tag&q=', '/courses/suggest?q=']) {
      const answer = await get(path + encodeURIComponent(q));
      expect(answer.status).toBe(status);
      if (status === 200) expect(Array.isArray(answer.body.items)).toBe(true);
      if (status === 422) expect(answer.body.errors).toMatchObject([{ path: '?/q' }]);
    }
  });

  it('refuses what is no text: lone surrogates, broken percent signs', async () => {
    for (const q of ['%ED%A0%80', '%ED%B0%80x', '%FF%FE'])
      expect([200, 400, 422]).toContain((await get(`/courses?q=${q}`)).status);
    expect((await get('/courses')).status).toBe(200);
  });

  it('says where words were left out to find anything at all', async () => {
    const found = await get(`/courses?q=${encodeURIComponent('python 入门 zzzzqq')}`);
    expect(found.body).toMatchObject({ relaxed: true, items: [{ title: 'Python入门' }] });
    expect((await get('/courses?q=python')).body).not.toHaveProperty('relaxed');
  });

  it('refuses a cursor that was made up', async () => {
    for (const cursor of ['x', 'AAAA', encodeURIComponent('{"value":1}')])
      expect((await get(`/courses?q=python&cursor=${cursor}`)).body.code).toBe('bad_cursor');
  });
});
