import { preferredLanguage, reasonOf } from './reasons.js';

describe('the language of reasons', () => {
  it.each([
    [undefined, 'en'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
    ['en;q=0.2, zh;q=0.1', 'en'],
    ['fr, zh;q=0.5', 'zh'],
    ['zh;q=0, en;q=0.1', 'en'],
    ['*;;;q=x', 'en'],
  ])('for %j is %s', (header, language) => {
    expect(preferredLanguage(header)).toBe(language);
  });

  it('says what the reason is', () => {
    expect(reasonOf('because', 'zh', { id: 'c', title: 'Vue' })).toEqual({
      kind: 'because',
      courseId: 'c',
      text: '因为你学过《Vue》',
    });
  });
});
