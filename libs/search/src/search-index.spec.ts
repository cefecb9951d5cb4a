import {
  type CourseFacts,
  type CourseText,
  documentVersion,
  encodeDocument,
  isSearchable,
  parseSynonyms,
  SearchIndex,
  searchVersion,
} from './index.js';

const textOf = (given: Partial<CourseText>): CourseText => ({
  title: '',
  tags: [],
  instructor: '',
  category: '',
  summary: '',
  description: '',
  ...given,
});
const facts: CourseFacts = {
  status: 'published',
  category: 'tech',
  level: 'beginner',
  language: 'zh',
  instructorId: 'i',
  tags: [],
  rating: 3,
  enrolments: 0,
  newest: 1,
  titleKey: '',
};

/** An index of courses with these titles, each of which is its own id. */
function indexOf(titles: readonly string[], synonyms?: string): SearchIndex {
  const index = new SearchIndex(synonyms === undefined ? undefined : parseSynonyms(synonyms));
  for (const title of titles) index.put(title, encodeDocument(textOf({ title })), facts);
  return index;
}

const ask = (index: SearchIndex, text: string) =>
  index.search({ text, filter: {}, sort: 'relevance', limit: 20 });
const found = (index: SearchIndex, text: string) => ask(index, text).hits.map(({ id }) => id);

describe('the search index', () => {
  it('finds what it was given, and no more what was removed', () => {
    const index = indexOf(['Python入门', 'Java入门']);
    expect(found(index, 'python')).toEqual(['Python入门']);
    index.remove('Python入门');
    index.remove('unknown');
    expect(found(index, 'python')).toEqual([]);
    expect(index.size).toBe(1);
  });

  it('prefers the word itself, then another form, a beginning, a typing mistake, pinyin', () => {
    const index = indexOf(['lian', 'lians', 'liana', 'lien', '练琴']);
    expect(found(index, 'lian')).toEqual(['lian', 'lians', 'liana']);
    index.remove('lian');
    index.remove('lians');
    expect(found(index, 'lian')).toEqual(['liana', 'lien', '练琴']);
  });

  it.each([
    ['機器學習', '机器学习'],
    ['机器学习', '機器學習導論'],
    ['ＰＹＴＨＯＮ', 'Python'],
    ['軟體', '软件工程'],
    ['网络', '網路安全'],
    ['cafe', 'Café'],
    ['course design', 'Designing courses'],
    ['jisuanji', '计算机'],
    ['ji suan ji', '计算机'],
    ['jisuanj', '计算机'],
    ['jsj', '计算机'],
    ['yinyue', '音乐'],
    ['yinhang', '银行'],
    ['jisuanji wangluo', '计算机网络'],
    ['计算鸡', '计算机'],
    ['node', 'Node.js'],
    ['nodejs', 'Node.js'],
    ['node js', 'Node.js'],
    ['c', 'C++'],
    ['net', '.NET'],
    ['vue', 'Vue3'],
    ['vue 3', 'Vue3'],
    ['vue3', 'Vue 3'],
    ['javascirpt', 'JavaScript'],
    ['java script', 'JavaScript'],
    ['machinelearning', 'Machine learning'],
    ['phyton', 'Python'],
    ['茶', '茶艺'],
    ['Python 教程', 'Python'],
    ['怎么学Python', '学Python'],
    ['how to cook', 'Cook'],
    ['「机器学习」', '机器学习'],
  ])('finds by %s a course called %s', (text, title) => {
    const index = indexOf([title, '别的东西', 'Something else']);
    expect(found(index, text)).toEqual([title]);
    expect(ask(index, text).relaxed).toBe(false);
  });

  it.each([
    ['c++', ['C++'], ['C', 'C#']],
    ['c', ['C', 'C++', 'C#'], []],
    ['"deep learning"', ['deep learning'], ['learning deep']],
    ['java -script', ['java'], ['java script']],
    ['数据 -分析', ['数据科学'], ['数据分析']],
    ['-java', ['Go'], ['Java']],
    ['go', ['go'], ['to', 'do']],
  ])('by %s finds %j and not %j', (text, wanted, unwanted) => {
    expect(new Set(found(indexOf([...wanted, ...unwanted]), text))).toEqual(new Set(wanted));
  });

  it('says so where no course has every word', () => {
    const index = indexOf(['Python 数据分析', 'Java']);
    expect(ask(index, 'python 数据分析 zzzz')).toMatchObject({
      relaxed: true,
      hits: [{ id: 'Python 数据分析' }],
    });
    expect(ask(index, 'zzzz')).toMatchObject({ relaxed: false, total: 0, next: null });
  });

  it('takes the operator’s synonyms', () => {
    const index = indexOf(
      ['前端开发', 'Frontend basics', 'Back end'],
      '# ours\n前端=frontend=front end\n',
    );
    const both = new Set(['前端开发', 'Frontend basics']);
    for (const word of ['前端', 'frontend', 'front end'])
      expect(new Set(found(index, word))).toEqual(both);
    expect(() => parseSynonyms('前端=frontend\n后端')).toThrow(/line 2/);
  });

  it('suggests published courses by what names them', () => {
    const index = indexOf(['计算机网络', 'Computer graphics']);
    index.put('draft', encodeDocument(textOf({ title: '计算机' })), { ...facts, status: 'draft' });
    index.put('said', encodeDocument(textOf({ title: 'x', description: '计算机' })), facts);
    for (const typed of ['计', '计算', 'jisu', 'jsj'])
      expect(index.suggest(typed, 5)).toEqual(['计算机网络']);
    expect(index.suggest('comp', 5)).toEqual(['Computer graphics']);
    expect(index.suggest('', 5)).toEqual([]);
  });

  it('answers whatever is typed', () => {
    const index = indexOf(['Python', '计算机', 'C++']);
    const blocks = Array.from({ length: 0x11000 / 16 }, (_, n) =>
      String.fromCodePoint(n * 256 + 65),
    );
    for (const text of [
      'python '.repeat(1500),
      '机'.repeat(10_000),
      'an'.repeat(5000),
      '?!…—《》'.repeat(100),
      '\ud800\udfff\ud800',
      '$where: {"$ne": 1}',
      "'; DROP TABLE courses; --",
      '(a+)+$ [^x]* \\',
      '"unfinished',
      '- -- -"" ""',
      '\u0000\u0001',
      ...blocks,
    ]) {
      const { total, hits } = ask(index, text);
      expect(hits.length).toBe(Math.min(total, 20));
      expect(index.suggest(text, 3).length).toBeLessThanOrEqual(3);
    }
    expect(isSearchable('?!')).toBe(false);
    expect(isSearchable('c#')).toBe(true);
  });

  it('refuses a document that is not one of its own', () => {
    const index = new SearchIndex();
    const document = encodeDocument(textOf({ title: 'Python' }));
    expect(documentVersion(document)).toBe(searchVersion);
    expect(() => index.put('a', Uint8Array.of(255, 1), facts)).toThrow(RangeError);
    expect(() => index.put('a', document.subarray(0, 5), facts)).toThrow(RangeError);
    expect(index.size).toBe(0);
  });
});
