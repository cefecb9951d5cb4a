import { ManualClock, silentLogger } from '#libs/kernel';
import type { DataStore } from '#libs/state';
import { adapters } from '#libs/state/adapters';
import { content } from '#libs/state/testing';
import { exportInteractions, importInteractions } from './interaction-transfer.js';

describe('interactions in and out', () => {
  let data: DataStore;
  const clock = new ManualClock();

  beforeEach(async () => {
    const memory = adapters.find(({ name }) => name === 'memory')?.data;
    if (!memory) throw new Error('no memory adapter');
    data = memory({ url: 'memory:', variable: 'DATA_STORE', clock, logger: silentLogger });
    await data.open();
    await data.courses.create('c', content('c'), new Uint8Array(), 1);
  });

  const source = async function* (text: string) {
    for (let at = 0; at < text.length; at += 7) yield Buffer.from(text.slice(at, at + 7));
  };
  const take = (text: string, format: 'csv' | 'ndjson' = 'csv') =>
    importInteractions(data, clock, source(text), format);
  const give = async (format: 'csv' | 'ndjson') => {
    let text = '';
    for await (const line of exportInteractions(data, format)) text += line;
    return text;
  };

  it('come back as they went, and an import of an export changes nothing', async () => {
    const rows = [
      'user,courseId,type,at,value',
      '"u, one",c,rate,2025-12-31T00:00:00Z,4',
      'v,c,enrol,1767000000000,',
    ];
    expect(await take(rows.join('\n'))).toEqual({ accepted: 2, failed: 0, errors: [] });
    expect(await data.interactions.recentOf('u, one', 5)).toMatchObject([
      { type: 'rate', value: 4, at: Date.UTC(2025, 11, 31) },
    ]);
    for (const format of ['csv', 'ndjson'] as const) {
      const text = await give(format);
      expect(await take(text, format)).toMatchObject({ accepted: 2, failed: 0 });
      expect(await give(format)).toBe(text);
    }
    expect(await take(rows.join('\n'))).toMatchObject({ accepted: 2 });
    expect(await data.interactions.count()).toBe(2);
  });

  it('name each row that is wrong, and store the others', async () => {
    const report = await take(
      [
        'user,courseId,type,value,at',
        'u,none,enrol,,2025-01-01T00:00:00Z',
        'u,c,rate,NaN,2025-01-01T00:00:00Z',
        'u,c,rate,9,2025-01-01T00:00:00Z',
        'u,c,enrol,3,2025-01-01T00:00:00Z',
        'u,c,enrol,,2999-01-01T00:00:00Z',
        'u,c,enrol,,yesterday',
        'u,c,bought,,2025-01-01T00:00:00Z',
        'u,c,enrol,,2025-01-01T00:00:00Z',
      ].join('\n'),
    );
    expect(report).toMatchObject({ accepted: 1, failed: 7 });
    const messages = new Map(report.errors.map(({ line, message }) => [line, message]));
    expect(messages.get(2)).toBe('/courseId: there is no course none');
    expect(messages.get(3)).toMatch(/^\/value/);
    expect(messages.get(6)).toMatch(/^\/at: lies in the future/);
    expect(messages.get(8)).toMatch(/^\/type/);
    const lines = await take('{"user":1}\n\nnot json\n', 'ndjson');
    expect(lines.errors.map(({ line }) => line)).toEqual([1, 3]);
  });

  it('are refused without a header, or where it lacks a column', async () => {
    await expect(take('u,c,enrol,2025-01-01T00:00:00Z\n')).rejects.toThrow(
      /has to name the columns .* lacks user, courseId, type, at/,
    );
    await expect(take('user,courseId,at\n')).rejects.toThrow(/lacks type/);
    expect(await take('')).toEqual({ accepted: 0, failed: 0, errors: [] });
  });
});
