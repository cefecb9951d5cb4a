import fc from 'fast-check';
import { fold, highlight, tokenize } from './index.js';

const unescape = (html: string): string =>
  html
    .replaceAll(/<\/?mark>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

describe('the tokenizer', () => {
  it('gives Latin words folded, Han characters and their pairs, split where scripts meet', () => {
    expect(tokenize('Python入门 Ｎｏｄｅ')).toEqual(['python', '入', '入门', '门', 'node']);
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) =>
        tokenize(text).every((term) => term.length > 0),
      ),
    );
    expect(tokenize('\ud800a\udfff')).toEqual(['a']);
  });

  it('makes no difference between plain words and others', () => {
    const runs = /\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{M}\p{N}])+/gu;
    const characters = [...'aZ9é½ﬁＡ课程 -_', 'a\u0301', '\ud800'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...characters)), (parts) => {
        const text = parts.join('');
        const words = [...text.matchAll(runs)]
          .map(([run]) => fold(run))
          .filter((run) => !/\p{Script=Han}/u.test(run))
          .flatMap((run) => run.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []);
        expect(tokenize(text).filter((term) => !/\p{Script=Han}/u.test(term))).toEqual(words);
      }),
    );
  });

  it('cuts a word that no index would take, between characters', () => {
    const [term = ''] = tokenize('𐐷'.repeat(1000));
    expect(Array.from(term)).toHaveLength(64);
    expect(term.isWellFormed()).toBe(true);
  });
});

describe('a highlight', () => {
  it('marks the original text where folding changed lengths', () => {
    expect(highlight('ﬁne Ｐｙｔｈｏｎ入门课', ['fine', 'python', '入门'])).toBe(
      '<mark>ﬁne</mark> <mark>Ｐｙｔｈｏｎ入门</mark>课',
    );
  });

  it('escapes everything else and loses nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.string()), (text, extra) => {
        const html = highlight(text, [...tokenize(text).slice(0, 3), ...extra]);
        expect(unescape(html)).toBe(text);
        expect(html.replaceAll(/<\/?mark>/g, '')).not.toMatch(/[<>"']/);
      }),
    );
  });
});
