import { type ArgumentsHost, Catch, Inject, type WsExceptionFilter } from '@nestjs/common';
import { AppError, type Logger } from '#libs/kernel';
import { NoSuchRecord, QueueFull, StoreUnavailable } from '#libs/state';
import { LOGGER } from '../logging/logger.js';
import { recordError } from '../tracing/spans.js';
import type { Command } from './command.js';
import type { Connection } from './connection.js';

/** Answers a failed command with the protocol's error; what nobody foresaw is logged and answered as internal. */
@Catch()
export class ProtocolErrorFilter implements WsExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const [, command, connection] = host.getArgs<[object, Command, Connection]>();
    const error = asAppError(thrown);
    // What is turned away under load is counted, not logged one by one.
    const turnedAway = error === thrown || thrown instanceof QueueFull;
    if (error.code === 'internal' || (error.code === 'unavailable' && !turnedAway)) {
      this.logger.error(
        { err: thrown, verb: command.verb, connection: connection.id },
        'command failed',
      );
      recordError(thrown);
    }
    connection.fail(command.id, error);
  }
}

function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof QueueFull)
    return new AppError('unavailable', 'too much waits to be stored; try again', { cause: thrown });
  if (thrown instanceof StoreUnavailable)
    return new AppError('unavailable', 'the store does not answer; try again', { cause: thrown });
  if (thrown instanceof NoSuchRecord) return new AppError('not_found', thrown.message);
  return new AppError('internal', 'internal error', { cause: thrown });
}
