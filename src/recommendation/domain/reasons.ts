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

const texts: Record<ReasonView['kind'], Record<Language, (title: string) => string>> = {
  because: {
    en: (title) => `Because you took “${title}”`,
    zh: (title) => `因为你学过《${title}》`,
  },
  similar: {
    en: (title) => `Often taken together with “${title}”`,
    zh: (title) => `学《${title}》的人也在学`,
  },
  popular: { en: () => 'Popular with learners here', zh: () => '大家都在学' },
  trending: { en: () => 'Taken more and more of late', zh: () => '最近很热门' },
  new: { en: () => 'New here', zh: () => '新课上线' },
};

export const reasonOf = (
  kind: ReasonView['kind'],
  language: Language,
  course?: { id: string; title: string },
): ReasonView => ({
  kind,
  ...(course && { courseId: course.id }),
  text: texts[kind][language](course?.title ?? ''),
});
