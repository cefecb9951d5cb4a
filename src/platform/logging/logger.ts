import type { LoggerService } from '@nestjs/common';
import { pino, type Logger as Pino } from 'pino';
import type { Env } from '../../env.js';

export const LOGGER = Symbol('logger');

/** `fields` are added to every line. */
export const createLogger = (
  env: Pick<Env, 'LOG_LEVEL' | 'LOG_PRETTY'>,
  fields?: () => object,
): Pino =>
  pino({
    level: env.LOG_LEVEL,
    ...(fields && { mixin: fields }),
    redact: ['req.headers.authorization', 'req.headers.cookie'],
    ...(env.LOG_PRETTY === 'on' && { transport: { target: 'pino-pretty' } }),
  });

/** Where Nest logs what it then throws to who started it, who says it once and in one line. */
const thrownAnyway = ['ExceptionHandler', 'NestApplication'];

/** Nest's own messages, through pino. */
export class NestLogger implements LoggerService {
  constructor(private readonly pino: Pino) {}

  log(message: unknown, context?: string): void {
    this.pino.debug({ context }, String(message));
  }

  warn(message: unknown, context?: string): void {
    this.pino.warn({ context }, String(message));
  }

  error(message: unknown, ...more: (string | undefined)[]): void {
    // Nest gives an error's stack, then the context; a text's context alone.
    const context = more.pop();
    if (context !== undefined && thrownAnyway.includes(context)) return;
    const [stack] = more;
    this.pino.error(
      { context, stack, ...(message instanceof Error && { err: message }) },
      String(message),
    );
  }
}
