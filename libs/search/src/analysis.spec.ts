import fc from 'fast-check';
import { termsOf, termsWithOffsets } from './analysis.js';

const main = (text: string) => termsOf(text).flatMap(({ term, alias }) => (alias ? [] : term));
const all = (text: string) => termsOf(text).map(({ term }) => term);

describe('the analysis of a text', () => {
  it.each([
    ['Python入门', ['python', '入', '门']],
    ['入门Python', ['入', '门', 'python']],
    ['計算機 軟體', ['计', '算', '机', '软', '体']],
    ['Ｖｕｅ３ ﾃﾞｻﾞｲﾝ', ['vue3', 'デ', 'ザ', 'イ', 'ン']],
    ['Café Naïve Łódź STRAẞE', ['cafe', 'naive', 'lodz', 'strasse']],
    ['Cafe\u0301', ['cafe']],
    ['C++、C#、F# 和 .NET', ['c++', 'c#', 'f#', '和', '.net']],
    ['Ｃ＋＋11', ['c++', '11']],
    ['Node.js, Vue.js.', ['node', 'js', 'vue', 'js']],
    ['CI/CD A/B K8s', ['ci', 'cd', 'a', 'b', 'k8s']],
    ["Python's don't", ['python', 'don', 't']],
    ['v3.11', ['v3.11']],
    ['#python python# 50%', ['python', 'python', '50']],
    ['й Ёлка', ['й', 'ёлка']],
    ['soft\u00adware', ['software']],
  ])('of %s', (text, terms) => {
    expect(main(text)).toEqual(terms);
  });

  it.each([
    ['Node.js', ['node', 'nodejs', 'js']],
    ['C++', ['c++', 'c~']],
    ['.NET', ['.net', 'net~']],
    ['ASP.NET', ['asp', 'aspnet', 'net']],
    ['vue3', ['vue3', 'vue', '3~']],
    ['CI/CD', ['ci', 'cicd', 'cd']],
    ['C/C++', ['c', 'c++', 'c~']],
    ['e-commerce', ['e', 'ecommerce', 'commerce']],
  ])('finds %s by its parts', (text, terms) => {
    expect(all(text)).toEqual(terms);
  });

  it('takes any text, and says where in it each term stands', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
        const folded = termsOf(text).map(({ term }) => term);
        const placed = termsWithOffsets(text);
        expect(placed.map(({ term }) => term)).toEqual(folded);
        for (const { start, end, term } of placed) {
          expect(term.length).toBeGreaterThan(0);
          expect(start).toBeLessThan(end);
          expect(end).toBeLessThanOrEqual(text.length);
        }
      }),
    );
  });

  it('reads what is folded as it reads what is written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (text) => {
        expect(all(text.normalize('NFD'))).toEqual(all(text.normalize('NFC')));
      }),
    );
  });
});
