import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Controller, Get, Inject, Param, Redirect, Res, UseInterceptors } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { AppError, errorTable } from '#libs/kernel';
import { asyncApi, type Contract, openApi } from '#libs/protocol';
import { ENV, type Env, type ModuleName } from '../../env.js';
import { CachedInterceptor } from '../http/cached.js';
import { packageRoot } from '../package-root.js';
import { version } from '../version.js';

const types: Record<string, string> = {
  'swagger-ui.css': 'text/css',
  'swagger-ui-bundle.js': 'text/javascript',
  'favicon-32x32.png': 'image/png',
};

/** The module that serves a tag's routes; the others are served always. */
const moduleOf: Partial<Record<Contract['tag'], ModuleName>> = {
  identity: 'identity',
  courses: 'course',
  recommendations: 'recommendation',
  rooms: 'chat',
};

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Maxiaoke API</title>
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
<link rel="icon" href="/api/docs/favicon-32x32.png">
</head>
<body><div id="ui"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>`;

const start =
  "SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#ui', deepLinking: true, tryItOutEnabled: true });";

/** The API described: OpenAPI 3.1, AsyncAPI 3 and a page to browse the first. Assets come with the package. */
@Controller()
@UseInterceptors(CachedInterceptor)
export class DocsController {
  private readonly assets = dirname(
    createRequire(join(packageRoot, 'package.json')).resolve('swagger-ui-dist/package.json'),
  );
  private readonly openapi: object;
  private readonly asyncapi = asyncApi(version);

  constructor(@Inject(ENV) { MODULES }: Env) {
    this.openapi = openApi(version, errorTable, (tag) => {
      const module = moduleOf[tag];
      return module === undefined || MODULES.includes(module);
    });
  }

  @Get()
  @Redirect('/api/docs', 302)
  root(): void {
    // The redirect is the answer.
  }

  @Get('api/openapi.json')
  openApi(): object {
    return this.openapi;
  }

  @Get('api/asyncapi.json')
  asyncApi(): object {
    return this.asyncapi;
  }

  @Get('api/docs')
  page(@Res({ passthrough: true }) reply: FastifyReply): string {
    reply.type('text/html; charset=utf-8');
    return page;
  }

  @Get('api/docs/:asset')
  asset(@Param('asset') asset: string, @Res() reply: FastifyReply): void {
    if (asset === 'start.js') {
      void reply.type('text/javascript').send(start);
      return;
    }
    const type = Object.hasOwn(types, asset) ? types[asset] : undefined;
    if (type === undefined) throw new AppError('not_found', 'no such file');
    void reply
      .type(type)
      .header('Cache-Control', 'public, max-age=86400')
      .send(createReadStream(join(this.assets, asset)));
  }
}
