import { z } from 'zod';
import { room, roomEvent } from './http/rooms.js';
import { commandSchemas, verbs } from './ws/commands.js';
import { disconnects } from './ws/codes.js';
import { rpcSchemas } from './ws/rpc.js';

const json = (schema: z.ZodType, io: 'input' | 'output'): object =>
  z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' });

const notices = z.discriminatedUnion('type', [
  z.object({ type: z.literal('unread'), room: z.string(), unread: z.number(), head: z.number() }),
  z.object({ type: z.literal('mention'), room: z.string(), message: z.unknown() }),
  z.object({ type: z.literal('invited'), room: z.string() }),
]);

const typing = z.object({
  type: z.literal('typing'),
  user: z.object({ id: z.string(), name: z.string() }),
  until: z.string(),
});

/** `join` and `leave` pushes carry it as `info`. */
const presence = z.object({
  client: z.string(),
  user: z.string(),
  conn_info: z.object({ name: z.string() }),
});

const command = (verb: (typeof verbs)[number]) => ({
  name: verb,
  title: `Command ${verb}`,
  payload: {
    type: 'object',
    required: [verb],
    properties: {
      id: { type: 'integer', minimum: 1 },
      [verb]: json(commandSchemas[verb], 'input'),
    },
  },
});

/** AsyncAPI 3 of the WebSocket side, from the schemas that validate it. */
export function asyncApi(version: string): object {
  const commands = Object.fromEntries(verbs.map((verb) => [verb, command(verb)]));
  const refs = (names: readonly string[], channel: string) =>
    names.map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` }));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Maxiaoke chat',
      version,
      description:
        'The Centrifuge client protocol, JSON: line-delimited commands, replies and pushes. ' +
        `The server ends connections with ${Object.values(disconnects)
          .map(({ code, reason }) => `${code} (${reason})`)
          .join(', ')}. See docs/protocol.md.`,
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      here: { host: 'localhost:3000', protocol: 'ws', pathname: '/connection/websocket' },
    },
    channels: {
      commands: { address: null, title: 'Commands of a client', messages: commands },
      room: {
        address: 'room:{id}',
        title: 'The log of a room; each publication carries `offset` = seq, typing carries none',
        parameters: { id: { description: 'Id of the room' } },
        messages: {
          event: { name: 'event', payload: json(roomEvent, 'output') },
          typing: { name: 'typing', payload: json(typing, 'output') },
          join: { name: 'join', payload: json(presence, 'output') },
          leave: { name: 'leave', payload: json(presence, 'output') },
        },
      },
      user: {
        address: 'user:{id}',
        title: 'Notices to one user; subscribed to by the server at connect',
        parameters: { id: { description: 'Id of the user' } },
        messages: { notice: { name: 'notice', payload: json(notices, 'output') } },
      },
    },
    operations: {
      command: {
        action: 'receive',
        channel: { $ref: '#/channels/commands' },
        messages: refs(verbs, 'commands'),
      },
      roomEvents: {
        action: 'send',
        channel: { $ref: '#/channels/room' },
        messages: refs(['event', 'typing', 'join', 'leave'], 'room'),
      },
      notices: {
        action: 'send',
        channel: { $ref: '#/channels/user' },
        messages: refs(['notice'], 'user'),
      },
    },
    components: {
      schemas: {
        Room: json(room, 'output'),
        ...Object.fromEntries(
          Object.entries(rpcSchemas).map(([method, schema]) => [
            `rpc.${method}`,
            json(schema, 'input'),
          ]),
        ),
      },
    },
  };
}
