// Courses for an import, made by number: the same ones each time, in Chinese and English, no two alike.
const topics = [
  ['Python', 'Python 编程'],
  ['data analysis', '数据分析'],
  ['Vue', 'Vue 前端开发'],
  ['calligraphy', '书法'],
  ['linear algebra', '线性代数'],
  ['Kubernetes', '容器与 Kubernetes'],
  ['classical poetry', '古典诗词'],
  ['machine learning', '机器学习'],
  ['cooking', '家常菜'],
  ['negotiation', '商务谈判'],
  ['PostgreSQL', '数据库原理'],
];
const aims = [
  ['from the first line', '从零开始'],
  ['in practice', '项目实战'],
  ['for teachers', '教师进修'],
  ['in thirty days', '三十天入门'],
  ['the hard parts', '难点精讲'],
  ['a second look', '进阶提高'],
  ['with real cases', '案例教学'],
];
const sentences = [
  ['Each lesson ends with something that works.', '每节课都有可以运行的成果。'],
  ['Exercises are corrected within a day.', '作业一天之内批改。'],
  ['You need no more than an hour a week.', '每周只需要一个小时。'],
  ['The examples come from the industry.', '案例全部来自真实项目。'],
  ['Questions are answered in the course’s room.', '课程聊天室随时答疑。'],
];
const levels = ['beginner', 'intermediate', 'advanced'];
const categories = ['programming', 'data', 'languages', 'arts', 'business', 'mathematics'];

const of = (list, n) => list[n % list.length];

/** The n-th course as a row of an import. */
export function courseRow(n) {
  const language = n % 3 === 0 ? 0 : 1;
  const [topic, other] = [of(topics, n)[language], of(topics, n * 7 + 3)[language]];
  const aim = of(aims, Math.floor(n / topics.length))[language];
  const description = Array.from(
    { length: 8 + (n % 9) },
    (_, at) =>
      `${of(sentences, n + at)[language]} ${of(topics, n + at * 3)[(language + at) % 2]} ${n + at}.`,
  ).join(' ');
  return {
    slug: `course-${n}`,
    title: language === 0 ? `${topic}: ${aim} ${n}` : `${topic}${aim} 第${n}期`,
    summary: `${of(sentences, n)[language]} ${other}.`,
    description,
    language: language === 0 ? 'en' : 'zh',
    level: of(levels, n),
    category: of(categories, n),
    tags: [topic, other, aim],
    lessons: Array.from({ length: 1 + (n % 6) }, (_, at) => ({
      title: `${topic} ${at + 1}`,
      minutes: 5 + ((n + at) % 40),
    })),
    status: 'published',
  };
}
