/** The terms to store of a message, or to look for: each once. */
export const distinctTerms = (terms: readonly string[] = []): string[] => [...new Set(terms)];
