import { createHmac } from 'node:crypto';
import { secret } from './setup.mjs';

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token as Maxiaoke signs its own (HS256). */
export function token(sub, name, roles) {
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const signed = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url({ sub, name, exp, roles })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
