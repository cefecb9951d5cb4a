import { applyDecorators } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import { PARAM_ARGS_METADATA } from '@nestjs/websockets/constants.js';
import type { Verb as Name } from '#libs/protocol';

/**
 * Handles a verb of the protocol: `(connection, command)`. The command was validated when its frame
 * was parsed, so Nest is told that no parameter needs a pipe; running none on each one costs more
 * than the rest of a small command.
 */
export const Verb = (name: Name): MethodDecorator =>
  applyDecorators(SubscribeMessage(name), (target: object, method: string | symbol) =>
    Reflect.defineMetadata(PARAM_ARGS_METADATA, {}, target.constructor, method),
  );
