import type { CourseContent } from '#libs/state';
import { content } from '#libs/state/testing';

/** mulberry32: small, seeded, the same everywhere. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const subjects = [
  ...[
    'Python',
    'JavaScript',
    'C++',
    'Node.js',
    'Vue3',
    'Kubernetes',
    'Machine learning',
    'Drawing',
  ],
  ...[
    '计算机',
    '数据结构',
    '机器学习',
    '前端',
    '数据庫',
    '算法',
    '水彩画',
    '量子力学',
    'café cooking',
  ],
];
const angles = ['入门', '进阶', '实战', '原理', 'basics', 'in practice', 'for experts', 'running'];
const extras = ['', ' 2', '（上）', ' with friends', '课程', ' & you', ' 😀'];
const categories = ['programming', 'data', 'art', '物理', '烹饪'];
const tags = ['python', 'web', 'k8s', '前端', 'AI', 'sql', '入门', 'tools'];
const levels = ['beginner', 'intermediate', 'advanced'] as const;
const statuses = ['published', 'published', 'published', 'published', 'draft', 'archived'] as const;

/** A course of a made-up catalogue, the same for the same number. */
export function courseAt(at: number): { id: string; content: CourseContent } {
  const random = seeded(at + 1);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const subject = pick(subjects);
  const status = pick(statuses);
  const made = content(`course-${at}`, {
    title: `${subject}${pick([' ', ''])}${pick(angles)}${pick(extras)}`,
    summary: `${pick(angles)} ${pick(subjects)} ${pick(angles)}`,
    description: Array.from({ length: 30 }, () => pick([...subjects, ...angles, ...tags])).join(
      ' ',
    ),
    language: pick(['en', 'zh']),
    level: pick(levels),
    category: pick(categories),
    tags: [pick(tags), pick(tags)].filter((tag, place, all) => all.indexOf(tag) === place),
    instructorId: `teacher-${at % 7}`,
    instructorName: pick(['Lin Yao', '王小明', 'Ana Costa']),
    status,
    publishedAt: 1_000_000 + (at % 97),
  });
  const { publishedAt: _never, ...draft } = made;
  return { id: `c${(at * 7919) % 100_003}`, content: status === 'draft' ? draft : made };
}

/** As people type: whole words, beginnings, typing errors, pinyin, phrases, things left out. */
export function queriesOf(count: number): string[] {
  const random = seeded(2026);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const mistyped = (word: string) => {
    const at = Math.floor(random() * word.length);
    return word.slice(0, at) + word.slice(at + 1);
  };
  const kinds = [
    () => pick(subjects),
    () => `${pick(subjects)} ${pick(angles)}`,
    () => pick(subjects).slice(0, 2 + Math.floor(random() * 4)),
    () => mistyped(pick(subjects)),
    () => `${pick(subjects)} -${pick(angles)}`,
    () => `"${pick(subjects)} ${pick(angles)}"`,
    () => pick(['jisuanji', 'jsj', 'shuju', 'qianduan', 'suanfa', 'lzlx']),
    () => `${pick(tags)} ${pick(subjects)} ${pick(['zzz', '', 'Lin'])}`,
    () => pick(subjects).toUpperCase(),
    () => '',
  ];
  return Array.from({ length: count }, (_, at) => (kinds[at % kinds.length] as () => string)());
}
