import { highlight } from './highlight.js';
import { tokenize } from './tokenizer.js';

/** The text as HTML: everything escaped, what the query finds it by inside `<mark>`. */
export const highlightQuery = (text: string, query: string): string =>
  highlight(text, tokenize(query));
