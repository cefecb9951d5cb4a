/** What a character is to the analysis of a text. */
export const enum Kind {
  unknown,
  /** Separates. */
  other,
  space,
  /** A part of a word. */
  letter,
  /** One character of a script whose words are not separated by spaces, or only loosely. */
  gram,
}

const gram =
  /^[[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]&&[\p{L}\p{M}\p{N}]]$/v;
const letter = /^[\p{L}\p{M}\p{N}]$/u;
const space = /^\s$/;

function classify(character: string): Kind {
  if (gram.test(character)) return Kind.gram;
  if (letter.test(character)) return Kind.letter;
  return space.test(character) ? Kind.space : Kind.other;
}

/** Asked once a character: properties of Unicode are slow to look up. */
const kinds = new Uint8Array(0x10000);

export function kindOf(codePoint: number): Kind {
  if (codePoint > 0xffff) return classify(String.fromCodePoint(codePoint));
  const known = kinds[codePoint] as Kind;
  if (known !== Kind.unknown) return known;
  return (kinds[codePoint] = classify(String.fromCharCode(codePoint)));
}

export const isGramCharacter = (term: string): boolean =>
  kindOf(term.codePointAt(0) ?? 0) === Kind.gram;
