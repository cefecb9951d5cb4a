import phrases from 'opencc-js/dict/TWPhrasesRev';
import { Synonyms } from './synonyms.js';

/** Another region's word is nearly, not quite, the word. */
const weight = 0.8;

let known: Synonyms | undefined;

/** What is said otherwise in Taiwan and on the mainland (軟體, 软件; 網路, 网络), by the table of OpenCC. */
export const regionalWords = (): Synonyms =>
  (known ??= new Synonyms(
    phrases.split('|').map((entry) => entry.split(' ')),
    weight,
  ));
