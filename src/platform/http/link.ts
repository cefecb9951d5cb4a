import type { FastifyReply } from 'fastify';

/** `Link: <…>; rel="next"` to the same list from `cursor` on; nothing on the last page. */
export function linkNext(reply: FastifyReply, cursor: string | null): void {
  if (cursor === null) return;
  const url = new URL(reply.request.url, 'http://host');
  url.searchParams.set('cursor', cursor);
  reply.header('Link', `<${url.pathname}${url.search}>; rel="next"`);
}
