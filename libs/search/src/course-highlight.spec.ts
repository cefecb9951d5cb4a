import fc from 'fast-check';
import { highlightQuery } from './index.js';

const unescape = (html: string): string =>
  html
    .replaceAll(/<\/?mark>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

describe('a highlight by a query', () => {
  it.each([
    ['Python入门', 'python', '<mark>Python</mark>入门'],
    [
      'ﬁne Ｐｙｔｈｏｎ入門课',
      'fine python入门',
      '<mark>ﬁne</mark> <mark>Ｐｙｔｈｏｎ入門</mark>课',
    ],
    ['Learning courses', 'learn course', '<mark>Learning</mark> <mark>courses</mark>'],
    ['JavaScript & Java', 'jav', '<mark>JavaScript</mark> &amp; <mark>Java</mark>'],
    ['Machine learning', 'machne', '<mark>Machine</mark> learning'],
    ['深入C++与C#', 'c++', '深入<mark>C++</mark>与C#'],
    ['学Node.js的人', 'nodejs', '学<mark>Node.js</mark>的人'],
    ['计算机网络', 'jisuanji', '<mark>计算机</mark>网络'],
    ['计算机网络', 'jsj', '<mark>计算机</mark>网络'],
    ['計算機網路', '计算机', '<mark>計算機</mark>網路'],
    ['机器与学习', '机器学习', '<mark>机器</mark>与<mark>学习</mark>'],
    ['Café', 'cafe', '<mark>Café</mark>'],
    ['<b>java</b>', 'java', '&lt;b&gt;<mark>java</mark>&lt;/b&gt;'],
  ])('of %s by %s', (text, query, html) => {
    expect(highlightQuery(text, query)).toBe(html);
  });

  it('loses nothing of any text', () => {
    const any = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(any, any, (text, extra) => {
        const html = highlightQuery(text, `${text.slice(0, 9)} ${extra}`);
        expect(unescape(html)).toBe(text);
        expect(html.replaceAll(/<\/?mark>/g, '')).not.toMatch(/[<>"']/);
      }),
    );
  });
});
