import { readings, syllablesOf } from './pinyin.js';

describe('pinyin', () => {
  it('knows every reading of a character', () => {
    expect(readings('行')).toEqual(expect.arrayContaining(['xing', 'hang']));
    expect(readings('绿')).toContain('lv');
    expect(readings('a')).toEqual([]);
  });

  it.each([
    ['jisuanji', false, [['ji', 'suan', 'ji']]],
    ['xian', false, [['xian'], ['xi', 'an']]],
    ['python', false, []],
    ['jsj', false, []],
    ['jisuan', false, [['ji', 'suan']]],
  ])('reads %s', (text, open, ways) => {
    expect(syllablesOf(text, open)).toEqual(expect.arrayContaining(ways));
    expect(syllablesOf(text, open).length > 0).toBe(ways.length > 0);
  });

  it('reads what is only begun where more may come', () => {
    expect(syllablesOf('jisua', true)).toContainEqual(['ji', 'sua']);
    expect(syllablesOf('jis', true)).toContainEqual(['ji', 's']);
  });

  it('answers whatever the letters are', () => {
    for (const text of [
      'an'.repeat(36),
      'a'.repeat(72),
      `${'xian'.repeat(17)}q`,
      'ng'.repeat(36),
      '',
    ])
      expect(syllablesOf(text, true).length).toBeLessThanOrEqual(8);
  });
});
