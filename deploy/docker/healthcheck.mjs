// Whether this container should get traffic: exit 0 or 1, with the reason. Of Node's own parts and small
// ones only, because it runs every few seconds.
import { get } from 'node:http';

const { HOST = '0.0.0.0', PORT = '3000' } = process.env;
const everywhere = ['0.0.0.0', '::', ''];
const host = everywhere.includes(HOST) ? '127.0.0.1' : HOST;

const end = (text, code) => {
  process.stdout.write(`${text}\n`);
  process.exit(code);
};
get({ host, port: PORT, path: '/health/ready', timeout: 8000 }, (answer) => {
  let body = '';
  answer.setEncoding('utf8').on('data', (text) => (body += text));
  answer.on('end', () => end(body, answer.statusCode === 200 ? 0 : 1));
})
  .on('timeout', () => end('no answer within 8 s', 1))
  .on('error', (error) => end(error.message, 1));
