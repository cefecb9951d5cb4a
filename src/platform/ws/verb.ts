import { SubscribeMessage } from '@nestjs/websockets';
import { PARAM_ARGS_METADATA } from '@nestjs/websockets/constants.js';
import type { Verb as Name } from '#libs/protocol';
import type { Command } from './command.js';
import type { Connection } from './connection.js';

type Handle = (this: object, connection: Connection, command: Command) => unknown;

/**
 * Handles a verb of the protocol: `(connection, command)`. The command was validated when its frame
 * was parsed, so Nest is told that no parameter needs a pipe; running none on each one costs more
 * than the rest of a small command.
 *
 * Nest calls with the one client it knows, then what the adapter gave: the command and its connection.
 */
export const Verb =
  (name: Name): MethodDecorator =>
  (target, method, descriptor) => {
    const handle = descriptor.value as Handle;
    const called = function (this: object, _client: object, command: Command, from: Connection) {
      return handle.call(this, from, command);
    };
    (descriptor as { value?: unknown }).value = called;
    SubscribeMessage(name)(target, method, descriptor);
    Reflect.defineMetadata(PARAM_ARGS_METADATA, {}, target.constructor, method);
    return descriptor;
  };
