import { Readable } from 'node:stream';
import { Controller, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '#libs/kernel';
import { exportCourses, importCourses, type InputOf } from '#libs/protocol';
import { type Caller, hasRole, SignedIn } from '../../platform/http/caller.js';
import { Endpoint } from '../../platform/http/endpoint.js';
import { Input } from '../../platform/http/input.js';
import { CatalogueChanges } from '../application/catalogue-changes.js';
import { CourseTransfer } from '../application/course-transfer.js';

const types = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
} as const;

@Controller()
export class TransferController {
  constructor(
    private readonly transfer: CourseTransfer,
    private readonly changes: CatalogueChanges,
  ) {}

  @Endpoint(importCourses)
  async import(
    @Input() { query }: InputOf<typeof importCourses>,
    @SignedIn() caller: Caller,
    @Req() request: FastifyRequest,
  ) {
    requireAdmin(caller);
    const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
    if (!(request.body instanceof Readable))
      throw new AppError('not_json', 'send text/csv or application/x-ndjson');
    return this.transfer.import(request.body as AsyncIterable<Uint8Array>, {
      format: type === 'text/csv' ? 'csv' : 'ndjson',
      dryRun: query.dryRun,
      as: caller.id,
      onChange: () => this.changes.changed(),
    });
  }

  @Endpoint(exportCourses)
  export(
    @Input() { query }: InputOf<typeof exportCourses>,
    @SignedIn() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Readable {
    requireAdmin(caller);
    reply
      .type(types[query.format])
      .header('Content-Disposition', `attachment; filename="courses.${query.format}"`);
    return Readable.from(this.transfer.export(query.format), { objectMode: false });
  }
}

function requireAdmin(caller: Caller): void {
  if (!hasRole(caller, 'admin'))
    throw new AppError('forbidden', 'courses are imported and exported by administrators');
}
