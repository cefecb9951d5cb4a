import { ManualClock, silentLogger } from '#libs/kernel';
import type { ImportReport, TransferFormat } from '#libs/protocol';
import type { DataStore } from '#libs/state';
import { adapters } from '#libs/state/adapters';
import type { ImportOptions } from './course-import.js';
import { CourseTransfer } from './course-transfer.js';

const clock = new ManualClock();
const formats: TransferFormat[] = ['csv', 'ndjson'];

/** The text in chunks that respect neither lines nor characters. */
async function* bytes(text: string | Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  const all = Buffer.from(text);
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}

describe('courses in and out', () => {
  let data: DataStore;
  let transfer: CourseTransfer;

  beforeEach(async () => {
    const memory = adapters.find(({ name }) => name === 'memory')?.data;
    if (!memory) throw new Error('no memory adapter');
    data = memory({ url: 'memory:', variable: 'DATA_STORE', clock, logger: silentLogger });
    await data.open();
    await data.accounts.createMissing(
      ['Mei', 'boss'].map((username) => ({
        id: `id-of-${username}`,
        username,
        usernameKey: username.toLowerCase(),
        name: `Name of ${username}`,
        roles: ['instructor'],
        createdAt: 0,
      })),
    );
    transfer = new CourseTransfer(data, clock);
  });

  const load = (
    text: string | Uint8Array,
    format: TransferFormat,
    more: Partial<ImportOptions> = {},
  ): Promise<ImportReport> =>
    transfer.import(bytes(text), { format, dryRun: false, as: 'id-of-boss', ...more });
  const dump = async (format: TransferFormat): Promise<string> => {
    let text = '';
    for await (const part of transfer.export(format)) text += part;
    return text;
  };

  const fixed = { language: 'en', level: 'beginner', category: 'c' };
  const rows = [
    { slug: 'plain', title: 'Plain', ...fixed, status: 'published', instructor: 'mei' },
    {
      slug: 'awkward',
      title: '"Quotes", commas & 汉字',
      summary: '=1+1',
      description: ' line one\r\nline two\n\n"three"\rfour, ',
      ...fixed,
      tags: ['a, b', '标签', '"'],
      lessons: [
        { title: 'One, two', minutes: 0 },
        { id: 'own', title: '二', minutes: 9 },
      ],
      coverUrl: 'https://example.org/a,b.png',
      status: 'archived',
    },
    { slug: 'least', title: 'Least', ...fixed },
  ];
  const ndjson = rows.map((row) => `${JSON.stringify(row)}\n`).join('');

  it.each(formats)('changes nothing by importing an export as %s', async (format) => {
    expect(await load(ndjson, 'ndjson')).toMatchObject({ created: 3, failed: 0 });
    expect(await data.courses.bySlug('plain')).toMatchObject({
      instructorName: 'Name of Mei',
      publishedAt: clock.now(),
    });
    const exported = await dump(format);
    const before = await data.courses.revision();
    expect(await load(exported, format, { as: 'id-of-Mei' })).toEqual({
      created: 0,
      updated: 0,
      unchanged: 3,
      failed: 0,
      errors: [],
    });
    expect(await data.courses.revision()).toBe(before);
  });

  it.each(formats)('makes the same courses elsewhere from an export as %s', async (format) => {
    await load(ndjson, 'ndjson');
    const exported = await dump(format);
    const originals = await data.courses.export({ limit: 10 });
    for (const { id, version } of originals) await data.courses.delete(id, version);
    expect(await load(`\ufeff${exported}`, format)).toMatchObject({ created: 3, failed: 0 });
    expect(await dump(format)).toBe(exported);
  });

  it('says what would change without changing it', async () => {
    await load(ndjson, 'ndjson');
    const changes = [{ ...rows[0], title: 'Changed' }, rows[1], { ...rows[2], slug: 'another' }];
    const text = changes.map((row) => JSON.stringify(row)).join('\n');
    const revision = await data.courses.revision();
    const report = { created: 1, updated: 1, unchanged: 1, failed: 0, errors: [] };
    expect(await load(text, 'ndjson', { dryRun: true })).toEqual(report);
    expect(await data.courses.revision()).toBe(revision);
    expect(await load(text, 'ndjson')).toEqual(report);
    expect(await data.courses.bySlug('plain')).toMatchObject({ title: 'Changed', version: 2 });
  });

  it('names bad rows of NDJSON by line and stores the others', async () => {
    const good = JSON.stringify(rows[2]);
    const text = Buffer.concat([
      Buffer.from(`\r\n{"slug": \n${JSON.stringify({ ...rows[2], colour: 1, level: 'x' })}\n`),
      Buffer.from([0x22, 0xff, 0x22, 0x0a]),
      Buffer.from(`"${'x'.repeat(1_100_000)}"\n`),
      Buffer.from(`${JSON.stringify({ ...rows[2], instructor: 'nobody' })}\n[]\n${good}`),
    ]);
    const { errors, ...counts } = await load(text, 'ndjson');
    expect(counts).toEqual({ created: 1, updated: 0, unchanged: 0, failed: 6 });
    expect(errors.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6, 7]);
    expect(errors.map(({ message }) => message)).toEqual([
      'not JSON',
      expect.stringMatching(/\/level: .*\/colour: unknown field/),
      'not UTF-8',
      expect.stringContaining('at most'),
      '/instructor: there is no user nobody',
      expect.any(String),
    ]);
  });

  it.each(['\n', '\r\n'])('names bad rows of CSV by the line they begin on (%j)', async (end) => {
    const lines = [
      'slug,title,language,level,category,lessons,description',
      'one,One,en,beginner,c,,"two',
      'lines"',
      '',
      'two,Two,en,easy,c,,"two',
      '',
      'lines"',
      'three,Three',
      'four,Four,en,beginner,c,[,',
      'five,Fi"ve,en,beginner,c,,',
      ',,, ,,,',
      'six,Six,en,beginner,c,,',
      'seven,"Se"ven,en,beginner,c,,',
    ];
    const { errors, ...counts } = await load(lines.join(end), 'csv');
    expect(errors.map(({ line }) => line)).toEqual([5, 8, 9, 10, 13]);
    expect(counts).toEqual({ created: 2, updated: 0, unchanged: 0, failed: 5 });
    expect(errors.slice(1).map(({ message }) => message)).toEqual([
      '2 cells for 7 columns',
      '/lessons: not JSON',
      expect.stringContaining('a quote in a cell'),
      expect.stringContaining('text after a closing quote'),
    ]);
  });

  it('refuses the row of CSV that is no text, and goes on', async () => {
    const good = (slug: string) => Buffer.from(`${slug},一,en,beginner,c\n`);
    const bad = Buffer.concat([Buffer.from('bad,'), Buffer.from([0xc4, 0x2c]), good('x')]);
    const head = Buffer.from('slug,title,language,level,category\n');
    const { created, errors } = await load(Buffer.concat([head, good('a'), bad, good('b')]), 'csv');
    expect([created, errors]).toEqual([2, [{ line: 3, message: 'not UTF-8' }]]);
  });

  it('makes of two rows of one slug two changes, the last of which stands', async () => {
    const text = ['One', 'Two', 'Two'].map((title) => JSON.stringify({ ...rows[2], title }));
    expect(await load(text.join('\n'), 'ndjson')).toMatchObject({
      created: 1,
      updated: 1,
      unchanged: 1,
    });
    expect(await data.courses.bySlug('least')).toMatchObject({ title: 'Two', version: 2 });
  });

  it('tells after each batch how far it is, and goes on from there', async () => {
    const text = Array.from({ length: 25 }, (_, n) =>
      JSON.stringify({ ...rows[2], slug: `course-${n}` }),
    ).join('\n');
    const reached: number[] = [];
    await load(text, 'ndjson', {
      rowsAtOnce: 10,
      onProgress: ({ nextLine }) => reached.push(nextLine),
    });
    expect(reached).toEqual([11, 21, Infinity]);
    expect(await load(text, 'ndjson', { fromLine: 11 })).toMatchObject({ unchanged: 15 });
  });

  it.each(formats)('passes on that the source broke off (%s)', async (format) => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('slug,title,language,level,category\n');
      throw new Error('connection reset');
    }
    const options = { format, dryRun: false };
    await expect(transfer.import(broken(), options)).rejects.toThrow('connection reset');
  });
});
