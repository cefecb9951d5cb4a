import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, copyFileSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../../support/ports.js';
import { find } from '../../support/servers/programs.js';
import { pause } from '../../support/until.js';

const template = 'deploy/nginx/maxiaoke.conf.template';
const routes = 'deploy/nginx/routes.conf';
const patienceMs = 10_000;

/** What stands around the file: a process of its own in a folder of its own. */
const around = (dir: string, included: string): string => `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid ${dir}/pid;
error_log ${dir}/error.log warn;
events { worker_connections 4096; }
http {
  log_format asked '$time_iso8601 $status $upstream_status $upstream_addr $request_method $uri $request_time';
  access_log ${dir}/access.log asked;
  client_body_temp_path ${dir}/body;
  proxy_temp_path ${dir}/proxy;
  fastcgi_temp_path ${dir}/fastcgi;
  uwsgi_temp_path ${dir}/uwsgi;
  scgi_temp_path ${dir}/scgi;
  include ${included};
}
`;

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.on('connect', () => socket.destroy()).on('error', () => resolve(false));
  });

/** nginx in front of three replicas, with the configuration that operators are given. */
export class Nginx {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    private readonly ended: Promise<void>,
  ) {}

  /** @param replicas host:port of each */
  static async start(parent: string, replicas: readonly string[]): Promise<Nginx> {
    const program = find('nginx');
    if (program === undefined)
      throw new Error('nginx is not installed here: apt-get install nginx');
    const dir = join(parent, 'nginx');
    mkdirSync(dir);
    const port = await freePort();
    const values: Record<string, string> = { LISTEN: `127.0.0.1:${port}` };
    replicas.forEach((address, at) => (values[`REPLICA_${at + 1}`] = address));
    const filled = readFileSync(template, 'utf8').replace(/^(?!#).*$/gm, (line) =>
      line.replace(/\$\{([A-Z_0-9]+)\}/g, (_, name: string) => values[name] ?? ''),
    );
    writeFileSync(join(dir, 'maxiaoke.conf'), filled);
    copyFileSync(routes, join(dir, 'routes.conf'));
    writeFileSync(join(dir, 'nginx.conf'), around(dir, join(dir, 'maxiaoke.conf')));
    const log = openSync(join(dir, 'error.log'), 'a');
    const child = spawn(program, ['-p', dir, '-c', join(dir, 'nginx.conf')], {
      cwd: dir,
      stdio: ['ignore', log, log],
      detached: true, // as a replica is
    });
    closeSync(log);
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    for (const deadline = Date.now() + patienceMs; !(await listens(port)); await pause(20))
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`nginx does not start:\n${readFileSync(join(dir, 'error.log'), 'utf8')}`);
    return new Nginx(child, `http://127.0.0.1:${port}`, ended);
  }

  stop(): Promise<void> {
    this.killNow();
    return this.ended;
  }

  /** SIGTERM is nginx's fast way out: it takes its worker with it. */
  killNow(): void {
    this.child.kill('SIGTERM');
  }
}
