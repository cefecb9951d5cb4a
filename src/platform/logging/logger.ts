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

/** Nest's own messages, through pino. */
export class NestLogger implements LoggerService {
  constructor(private readonly pino: Pino) {}

  log(message: unknown, context?: string): void {
    this.pino.debug({ context }, String(message));
  }

  warn(message: unknown, context?: string): void {
    this.pino.warn({ context }, String(message));
  }

  error(message: unknown, stack?: string, context?: string): void {
    this.pino.error(
      { context, stack, ...(message instanceof Error && { err: message }) },
      String(message),
    );
  }
}
