import { Readable } from 'node:stream';
import { Controller, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '#libs/kernel';
import { exportCourses, importCourses, type InputOf, type TransferFormat } from '#libs/protocol';
import { type Caller, hasRole, SignedIn } from '../../platform/http/caller.js';
import { Endpoint } from '../../platform/http/endpoint.js';
import { Input } from '../../platform/http/input.js';
import { CatalogueChanges } from '../application/catalogue-changes.js';
import { CourseTransfer } from '../application/transfer/course-transfer.js';
import { encodingNamed, type TextEncoding } from '../application/transfer/text-encoding.js';

/** Others are served between two batches. */
const rowsAtOnce = 100;

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
    if (!(request.body instanceof Readable))
      throw new AppError('not_json', 'send text/csv or application/x-ndjson');
    const { format, encoding } = declared(request.headers['content-type'] ?? '');
    return this.transfer.import(request.body as AsyncIterable<Uint8Array>, {
      format,
      ...(encoding && { encoding }),
      dryRun: query.dryRun,
      as: caller.id,
      rowsAtOnce,
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

/** What a media type says of rows. @throws AppError not_json where the charset is not read */
function declared(contentType: string): { format: TransferFormat; encoding?: TextEncoding } {
  const [type, ...parameters] = contentType.split(';').map((part) => part.trim());
  const format = type?.toLowerCase() === 'text/csv' ? 'csv' : 'ndjson';
  const charset = parameters.map((part) => /^charset="?([^"]+)"?$/i.exec(part)?.[1]).find(Boolean);
  if (charset === undefined) return { format };
  const encoding = encodingNamed(charset);
  if (encoding) return { format, encoding };
  throw new AppError('not_json', `the charset is utf-8, utf-16 or gb18030, not ${charset}`);
}

function requireAdmin(caller: Caller): void {
  if (!hasRole(caller, 'admin'))
    throw new AppError('forbidden', 'courses are imported and exported by administrators');
}
