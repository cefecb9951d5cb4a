import { tokens } from './tokenizer.js';

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);

/** The text as HTML: everything escaped, what matches one of `terms` inside `<mark>`. */
export function highlight(text: string, terms: Iterable<string>): string {
  const wanted = new Set(terms);
  let html = '';
  let done = 0;
  let open: { start: number; end: number } | undefined;
  const close = () => {
    if (!open) return;
    html += `${escapeHtml(text.slice(done, open.start))}<mark>${escapeHtml(text.slice(open.start, open.end))}</mark>`;
    done = open.end;
    open = undefined;
  };
  const hits = tokens(text).filter(({ term }) => wanted.has(term));
  for (const { start, end } of hits.sort((x, y) => x.start - y.start)) {
    // Neighbouring and overlapping hits (a pair and its characters) are one mark.
    if (open && start <= open.end) open.end = Math.max(open.end, end);
    else {
      close();
      open = { start, end };
    }
  }
  close();
  return html + escapeHtml(text.slice(done));
}
