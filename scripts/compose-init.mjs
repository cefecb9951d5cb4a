// The secrets that docker-compose.yml wants, random, in `.env`: `npm run compose:init [-- FILE]`.
import { randomBytes } from 'node:crypto';
import { appendFileSync, chmodSync, closeSync, openSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';

/** Each is used where it stands in a URL, too: base64url needs no escape. */
const secrets = [
  'AUTH_SECRET',
  'POSTGRES_PASSWORD',
  'REDIS_PASSWORD',
  'MYSQL_PASSWORD',
  'MYSQL_ROOT_PASSWORD',
];

const [file = '.env', ...more] = process.argv.slice(2);
if (more.length > 0 || file.startsWith('-')) {
  console.error('usage: npm run compose:init [-- FILE]');
  process.exit(64);
}
const path = resolve(file);
try {
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
  const text = readFileSync(path, 'utf8');
  const there = parseEnv(text);
  const lacking = secrets.filter((name) => !there[name]);
  const lines = lacking.map((name) => `${name}=${randomBytes(32).toString('base64url')}\n`);
  appendFileSync(path, (text === '' || text.endsWith('\n') ? '' : '\n') + lines.join(''));
  console.log(
    lacking.length > 0
      ? `${path}: wrote ${lacking.join(', ')}`
      : `${path}: has every secret already; nothing was changed`,
  );
} catch (error) {
  console.error(`${path} cannot be written: ${error.message}`);
  process.exit(74);
}
