import { encodeDocument, SearchIndex, type CourseFacts, type CourseText } from './index.js';

const text = (title: string): CourseText => ({
  title,
  tags: [],
  instructor: '',
  category: '',
  summary: '',
  description: '',
});
const facts: CourseFacts = {
  status: 'published',
  category: 'tech',
  level: 'beginner',
  language: 'zh',
  instructorId: 'i',
  tags: [],
  rating: 3,
  enrolments: 0,
  newest: 1,
  titleKey: '',
};

describe('the search index', () => {
  it('finds what it was given, and no more what was removed', () => {
    const index = new SearchIndex();
    index.put('a', encodeDocument(text('Python入门')), facts);
    index.put('b', encodeDocument(text('Java入门')), facts);
    const found = () =>
      index
        .search({ text: 'python', filter: {}, sort: 'relevance', limit: 10 })
        .hits.map(({ id }) => id);
    expect(found()).toEqual(['a']);
    index.remove('a');
    expect(found()).toEqual([]);
    expect(index.size).toBe(1);
  });
});
