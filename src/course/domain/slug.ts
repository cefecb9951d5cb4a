/** Long enough to be read, short enough for a URL. */
const maxLength = 64;

/**
 * A slug of a title: its Latin words and digits, joined by `-`. What has none (a title in Han
 * characters) gives `course`, which the caller makes unique.
 */
export function slugOf(title: string): string {
  const words = title
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  const slug = (words ?? []).join('-').slice(0, maxLength).replace(/-+$/, '');
  return slug === '' || reserved.has(slug) ? 'course' : slug;
}

/** Names of routes beside `/courses/:id`. */
const reserved = new Set(['suggest', 'import', 'export']);

/** The slug to try at the n-th attempt; `random` keeps concurrent authors of one title apart. */
export const slugAttempt = (slug: string, attempt: number, random: string): string =>
  attempt === 0 ? slug : `${slug}-${random}`;
