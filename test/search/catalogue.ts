import type { CourseFacts, CourseText } from '#libs/search';
import { type Named, type Subject, subjects } from './subjects.js';

export interface GeneratedCourse extends CourseText {
  id: string;
  slug: string;
  level: string;
  language: string;
  instructorId: string;
  facts: CourseFacts;
}

const families = [
  ...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕',
];
const given =
  '伟 芳 娜 秀英 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 霞 平 刚 桂英 文博 思远 雨桐 子涵 浩然 欣怡 梓萱 一鸣 晓东 志强 建国 海燕 春梅 嘉怡 天宇 若曦 立群 慧敏'.split(
    ' ',
  );
const forenames =
  'Emma Liam Olivia Noah Ava Ethan Sophia Lucas Mia Oscar Chloé José François Zoë Björn Ingrid Mateo Priya Arjun Yuki Kenji Fatima Omar Elena Dmitri Aisha Samuel Grace Hannah Victor'.split(
    ' ',
  );
const surnames =
  'Smith Johnson Müller García Rossi Dubois Nguyen Kim Tanaka Kowalski Novak Svensson Okafor Patel Silva Andersson Fischer Moreau Bianchi Petrov Hughes Carter Bennett Walsh Lindqvist'.split(
    ' ',
  );

const levels = ['beginner', 'intermediate', 'advanced'] as const;
/** Side by side, with a space where two Latin words would become one. */
const beside = (one: string, other: string): string =>
  /\w$/.test(one) && /^\w/.test(other) ? `${one} ${other}` : one + other;

const zhTitles = [
  (s: string, t: string) => `${s}：${t}从入门到精通`,
  (s: string, t: string) => `${beside(s, t)}实战`,
  (s: string, t: string) => `零基础学${s}——${t}`,
  (s: string, t: string) => `${t}（${s}系列课）`,
  (s: string, t: string) => `${s}之${t}详解`,
  (s: string, t: string) => `${s}进阶：${t}`,
  (s: string, t: string) => `21天掌握${beside(s, t)}`,
  (s: string, t: string) => `${beside(s, t)}案例精讲`,
  (s: string, t: string) => `跟我学${s}：${t}`,
  (s: string, t: string) => `${s}训练营·${t}`,
];
const enTitles = [
  (s: string, t: string) => `${capital(s)}: ${t} from scratch`,
  (s: string, t: string) => `The complete guide to ${s}: ${t}`,
  (s: string, t: string) => `${capital(t)} in ${s}`,
  (s: string, t: string) => `Practical ${s} – ${t}`,
  (s: string, t: string) => `${capital(s)} masterclass: ${t}`,
  (s: string, t: string) => `Learning ${s} with ${t}`,
  (s: string, t: string) => `Introduction to ${s} (${t})`,
  (s: string, t: string) => `${capital(t)}: advanced ${s}`,
];
const zhSummaries = [
  (s: string, t: string) => `系统讲解${s}中${t}的核心知识，配有大量练习。`,
  (s: string, t: string) => `通过真实项目学习${t}，适合想要提升${s}能力的同学。`,
  (s: string, t: string) => `从概念到应用，带你理解${t}，打好${s}的基础。`,
  (_: string, t: string) => `每周一个主题，用最短的时间学会${t}。`,
];
const enSummaries = [
  (s: string, t: string) => `Everything you need to know about ${t}, with exercises in ${s}.`,
  (s: string, t: string) =>
    `Build real projects and get better at ${s}, step by step, starting with ${t}.`,
  (s: string, t: string) => `Clear explanations of ${t} for everyone who wants to understand ${s}.`,
];
const zhDetails = [
  '课程共分为八个章节，每章都有课后作业与答疑。',
  '老师拥有十年以上的教学经验，讲解深入浅出。',
  '学完之后可以独立完成一个完整的作品。',
  '提供课件、源文件以及学习资料下载。',
  '支持手机和电脑随时观看，有效期为一年。',
  '加入学习群，与其他同学一起打卡进步。',
];
const enDetails = [
  'Each chapter ends with a quiz and a small assignment.',
  'Downloadable slides and source files are included.',
  'No previous experience is required; bring curiosity.',
  'You will finish with a portfolio piece of your own.',
  'Questions are answered by the instructor within two days.',
];

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` courses as a platform in China may have them: most in Chinese, many in English, some in both. */
export function* catalogue(count: number, seed = 1): Generator<GeneratedCourse> {
  const next = random(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const instructors = Array.from({ length: Math.max(20, Math.floor(count / 12)) }, () =>
    next() < 0.7 ? pick(families) + pick(given) : `${pick(forenames)} ${pick(surnames)}`,
  );
  for (let n = 0; n < count; n += 1) {
    const subject: Subject = pick(subjects);
    const topic: Named = pick(subject.topics);
    const other: Named = pick(subject.topics);
    const kind = next();
    const chinese = kind < 0.65;
    const mixed = kind >= 0.9;
    const title = mixed
      ? `${pick(zhTitles)(subject.zh, topic.zh)} ${capital(topic.en)}`
      : chinese
        ? pick(zhTitles)(subject.zh, topic.zh)
        : pick(enTitles)(subject.en, topic.en);
    const inChinese = chinese || mixed;
    const details = inChinese ? zhDetails : enDetails;
    const summary = inChinese
      ? pick(zhSummaries)(subject.zh, topic.zh)
      : pick(enSummaries)(subject.en, topic.en);
    const follow = inChinese ? `还会讲到${other.zh}。` : `It also covers ${other.en}. `;
    const instructorNumber = Math.floor(next() * instructors.length);
    const level = pick(levels);
    const language = inChinese ? (next() < 0.05 ? 'zh-TW' : 'zh') : 'en';
    const names = inChinese ? [subject.zh, topic.zh] : [subject.en, topic.en];
    const tags = [...new Set([...names, ...(next() < 0.3 ? [topic.en] : [])])];
    const course = {
      id: `c${n.toString(36).padStart(6, '0')}`,
      slug: `course-${n}`,
      title,
      tags,
      instructor: instructors[instructorNumber] ?? '',
      category: subject.category,
      summary,
      description: [summary, follow, pick(details), pick(details), pick(details)].join(''),
      level,
      language,
      instructorId: `i${instructorNumber}`,
    };
    const ratings = Math.floor(next() ** 3 * 400);
    const stars = 3 + next() * 2;
    yield {
      ...course,
      facts: {
        status: next() < 0.95 ? 'published' : pick(['draft', 'archived']),
        category: course.category,
        level,
        language,
        instructorId: course.instructorId,
        tags,
        rating: (Math.round(stars * ratings) + 15) / (ratings + 5),
        enrolments: Math.floor(next() ** 4 * 20000),
        newest: Date.UTC(2022, 0, 1) + Math.floor(next() * 1500) * 86_400_000,
        titleKey: title.normalize('NFKC').toLowerCase(),
      },
    };
  }
}
