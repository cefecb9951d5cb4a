import { z } from 'zod';
import { id } from '../http/common.js';
import { emoji, newMessage } from '../http/rooms.js';
import { messageText } from './commands.js';

const seq = z.number().int().nonnegative();

/** What each `rpc` method takes as `data`. */
export const rpcSchemas = {
  'message.send': newMessage.extend({ room: id }),
  'message.edit': z.strictObject({ room: id, id, text: messageText }),
  'message.delete': z.strictObject({ room: id, id }),
  'message.react': z.strictObject({ room: id, id, emoji, on: z.boolean().default(true) }),
  'room.read': z.strictObject({ room: id, seq }),
  'room.typing': z.strictObject({ room: id }),
} as const;

export type RpcMethod = keyof typeof rpcSchemas;
export type RpcData<M extends RpcMethod> = z.output<(typeof rpcSchemas)[M]>;
