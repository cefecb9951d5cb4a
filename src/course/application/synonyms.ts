import { readFileSync } from 'node:fs';
import type { FactoryProvider } from '@nestjs/common';
import { parseSynonyms, type Synonyms } from '#libs/search';
import { ENV, type Env } from '../../env.js';

/** The operator's own words for the same thing. The configuration schema has read the file before. */
export const SYNONYMS = Symbol('synonyms');

export const synonymsProvider: FactoryProvider<Synonyms> = {
  provide: SYNONYMS,
  inject: [ENV],
  useFactory: ({ SEARCH_SYNONYMS: file }: Env) =>
    parseSynonyms(file === undefined ? '' : readFileSync(file, 'utf8')),
};
