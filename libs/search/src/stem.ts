const vowel = /[aeiouy]/;
const english = /^[a-z]{4,}$/;
const doubled = /([bdfgmnprt])\1$/;

/**
 * Light stemming of English: plural, -ing, -ed, and what they do to the end of a word; words that mean
 * other things stay apart. Words of one stem find one another, and the stem itself is never shown.
 */
export function stem(word: string): string {
  if (!english.test(word)) return word;
  const singular = withoutPlural(word);
  const base = withoutSuffix(singular);
  return base.length > 3 ? base.replace(/e$/, '') : base;
}

function withoutPlural(word: string): string {
  if (/(ss|us|is|as|os)$/.test(word)) return word;
  if (/[^aeiou]ies$/.test(word) && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(x|ch|sh|ss|zz)es$/.test(word)) return word.slice(0, -2);
  return word.endsWith('s') ? word.slice(0, -1) : word;
}

function withoutSuffix(word: string): string {
  if (/[^aeiou]ied$/.test(word) && word.length > 4) return `${word.slice(0, -3)}y`;
  const suffix = ['ing', 'ed'].find((end) => word.endsWith(end));
  if (!suffix || word.endsWith('eed')) return word;
  const base = word.slice(0, -suffix.length);
  if (base.length < 3 || !vowel.test(base)) return word;
  return doubled.test(base) ? base.slice(0, -1) : base;
}
