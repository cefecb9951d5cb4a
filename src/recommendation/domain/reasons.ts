import type { ReasonView } from '#libs/protocol';

export type Language = 'zh' | 'en';

/** The best of the languages there are, by the quality values of an Accept-Language (RFC 9110 §12.5.4). */
export function preferredLanguage(header: string | undefined): Language {
  const wanted = (header ?? '').split(',').map((part, at) => {
    const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
    const quality = parameters
      .map((parameter) => /^\s*q=([\d.]+)$/.exec(parameter)?.[1])
      .find((value) => value !== undefined);
    return { tag, quality: quality === undefined ? 1 : Number(quality), at };
  });
  const known = wanted.filter(({ tag, quality }) => quality > 0 && /^(zh|en)(-|$)/.test(tag));
  const [best] = known.sort((one, other) => other.quality - one.quality || one.at - other.at);
  return best?.tag.startsWith('zh') ? 'zh' : 'en';
}

/** What a reason is about; `alike` and `about` are of content, where the others are of learners. */
export type ReasonName = 'because' | 'alike' | 'similar' | 'about' | 'popular' | 'trending' | 'new';

const kinds: Record<ReasonName, ReasonView['kind']> = {
  because: 'because',
  alike: 'new',
  similar: 'similar',
  about: 'similar',
  popular: 'popular',
  trending: 'trending',
  new: 'new',
};

const texts: Record<ReasonName, Record<Language, (title: string) => string>> = {
  because: {
    en: (title) => `Because you took “${title}”`,
    zh: (title) => `因为你学过《${title}》`,
  },
  alike: {
    en: (title) => `New here, and close to “${title}”`,
    zh: (title) => `新课程，与《${title}》相近`,
  },
  similar: {
    en: (title) => `Often taken together with “${title}”`,
    zh: (title) => `学《${title}》的人也在学`,
  },
  about: {
    en: (title) => `On much the same as “${title}”`,
    zh: (title) => `与《${title}》内容相近`,
  },
  popular: { en: () => 'Popular with learners here', zh: () => '大家都在学' },
  trending: { en: () => 'Taken more and more of late', zh: () => '最近很热门' },
  new: { en: () => 'New here', zh: () => '新课上线' },
};

export const reasonOf = (
  name: ReasonName,
  language: Language,
  course?: { id: string; title: string },
): ReasonView => ({
  kind: kinds[name],
  ...(course && { courseId: course.id }),
  text: texts[name][language](course?.title ?? ''),
});
