import fc from 'fast-check';
import { fold, highlight, rankBm25, termsOf, tokenize } from './index.js';

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

describe('BM25', () => {
  const postings = (documents: Record<string, string>) =>
    Object.entries(documents).flatMap(([id, text]) => {
      const { frequencies, length } = termsOf([text]);
      return [...frequencies].map(([term, frequency]) => ({ term, id, frequency, length }));
    });

  it('ranks by frequency, rarity and length, as worked out by hand', () => {
    const all = postings({ a: 'vue', b: 'vue vue react', c: 'react' });
    const ranked = rankBm25(
      all.filter(({ term }) => term === 'vue'),
      { documents: 3, totalLength: 5 },
    );
    const idf = Math.log(1 + 1.5 / 2.5);
    expect(ranked.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(ranked[0]?.score).toBeCloseTo((idf * 2.2) / (1 + 1.2 * (0.25 + 0.75 * (3 / 5))), 10);
    expect(ranked[1]?.score).toBeCloseTo((idf * 4.4) / (2 + 1.2 * (0.25 + 0.75 * (9 / 5))), 10);
  });

  it('breaks ties by id and does not depend on the order of postings', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(postings({ b: 'x y', a: 'x y', c: 'x z y' }), {
          minLength: 7,
          maxLength: 7,
        }),
        (shuffled) => {
          expect(
            rankBm25(shuffled, { documents: 3, totalLength: 7 }, ['y'])
              .map(({ id }) => id)
              .slice(0, 3),
          ).toHaveLength(3);
          expect(rankBm25(shuffled, { documents: 3, totalLength: 7 })).toEqual(
            rankBm25(postings({ b: 'x y', a: 'x y', c: 'x z y' }), {
              documents: 3,
              totalLength: 7,
            }),
          );
        },
      ),
    );
  });

  it('wants every required term', () => {
    expect(
      rankBm25(postings({ a: 'x', b: 'x y' }), { documents: 2, totalLength: 3 }, ['x', 'y']).map(
        ({ id }) => id,
      ),
    ).toEqual(['b']);
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
