export * from './course-highlight.js';
export * from './course-index.js';
export * from './highlight.js';
export { documentVersion, encodeDocument, searchVersion } from './search-document.js';
export * from './search-index.js';
export { parseSynonyms, Synonyms } from './synonyms.js';
export { isSearchable } from './query-parser.js';
export * from './tokenizer.js';
