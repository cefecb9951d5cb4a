import MiniSearch from 'minisearch';

const runs = /(\p{Script=Han}+)|((?:(?!\p{Script=Han})[\p{L}\p{M}\p{N}])+)/gu;

/** Words; characters and pairs of neighbours of Chinese, as the other side has them. */
function tokenize(text) {
  const terms = [];
  for (const [, han, word] of text.normalize('NFKC').matchAll(runs)) {
    if (word !== undefined) terms.push(word);
    else {
      const characters = Array.from(han);
      for (const [at, character] of characters.entries()) {
        if (at > 0) terms.push(characters[at - 1] + character);
        terms.push(character);
      }
    }
  }
  return terms;
}

const latin = /^[\p{Script=Latin}\p{N}]+$/u;
const edits = (letters) => (letters <= 3 ? false : letters <= 7 ? 1 : 2);

/** MiniSearch as its documentation would have it set for a catalogue in two languages. */
export function miniSearch() {
  const index = new MiniSearch({
    fields: ['title', 'tags', 'instructor', 'category', 'summary', 'description'],
    storeFields: ['status', 'category', 'level', 'language', 'labels'],
    extractField: (course, field) => {
      if (field === 'tags') return course.tags.join(' ');
      if (field === 'labels') return course.tags;
      return field === 'status' ? course.facts.status : course[field];
    },
    tokenize,
    processTerm: (term) => term.toLowerCase(),
    searchOptions: {
      boost: { title: 6, tags: 4, instructor: 4, category: 2.5, summary: 2 },
      combineWith: 'AND',
      prefix: (term, at, terms) => at === terms.length - 1 && latin.test(term),
      fuzzy: (term) => latin.test(term) && edits(term.length),
    },
  });
  return {
    put: (course) => index.add(course),
    search: (text, filter) =>
      index
        .search(text, {
          filter: (found) =>
            found.status === 'published' &&
            Object.entries(filter).every(([field, values]) =>
              field === 'tag'
                ? values.some((value) => found.labels.includes(value))
                : values.includes(found[field]),
            ),
        })
        .slice(0, 20),
  };
}
