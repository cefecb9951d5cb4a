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

/** Where something stands in a text: UTF-16 offsets, end exclusive. */
export interface Span {
  start: number;
  end: number;
}

/** The text as HTML: everything escaped, what matches one of `terms` inside `<mark>`. */
export function highlight(text: string, terms: Iterable<string>): string {
  const wanted = new Set(terms);
  return marked(
    text,
    tokens(text).filter(({ term }) => wanted.has(term)),
  );
}

/** The text as HTML: everything escaped, the spans inside `<mark>`; neighbouring and overlapping ones are one. */
export function marked(text: string, spans: readonly Span[]): string {
  let html = '';
  let done = 0;
  let open: Span | undefined;
  const close = () => {
    if (!open) return;
    html += `${escapeHtml(text.slice(done, open.start))}<mark>${escapeHtml(text.slice(open.start, open.end))}</mark>`;
    done = open.end;
    open = undefined;
  };
  for (const { start, end } of [...spans].sort((x, y) => x.start - y.start)) {
    if (open && start <= open.end) open.end = Math.max(open.end, end);
    else {
      close();
      open = { start, end };
    }
  }
  close();
  return html + escapeHtml(text.slice(done));
}
