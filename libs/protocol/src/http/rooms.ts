import { z } from 'zod';
import { cid, messageText } from '../ws/commands.js';
import { httpUrl, id, limit, listOf, page, text, time } from './common.js';
import { contract } from './contract.js';

const seq = z.number().int().nonnegative();
const person = z.object({ id, name: z.string() });
const role = z.enum(['owner', 'moderator', 'member']);
const attachment = z.strictObject({
  url: httpUrl,
  name: text(1, 255),
  type: text(1, 255),
  size: z.number().int().nonnegative(),
});

/** An emoji as one reacts with: exactly one, of Unicode's recommended set. */
export const emoji = z.string().regex(/^\p{RGI_Emoji}$/v, 'exactly one emoji');

export const newMessage = z
  .strictObject({
    cid,
    text: messageText,
    replyTo: id.optional(),
    mentions: z.array(id).max(50).optional(),
    attachments: z.array(attachment).max(10).optional(),
  })
  .meta({ id: 'NewMessage', examples: [{ cid: 'c-1', text: 'Hello, 世界' }] });
export type NewMessage = z.output<typeof newMessage>;

export const sent = z
  .object({ id, seq, epoch: z.string(), duplicate: z.boolean() })
  .meta({ id: 'Sent', examples: [{ id: '0199a…', seq: 42, epoch: 'f3', duplicate: false }] });
export type Sent = z.output<typeof sent>;

export const messageEvent = z.object({
  type: z.literal('message'),
  id,
  room: id,
  seq,
  sender: person,
  cid,
  text: z.string(),
  replyTo: id.optional(),
  mentions: z.array(id).optional(),
  attachments: z.array(attachment).optional(),
  at: time,
  editedAt: time.optional(),
  deleted: z.boolean().optional(),
  reactions: z.record(z.string(), z.array(id)).optional(),
});
export type MessageEvent = z.output<typeof messageEvent>;

export const roomEvent = z
  .discriminatedUnion('type', [
    messageEvent,
    z.object({
      type: z.literal('message.edited'),
      seq,
      target: id,
      text: z.string(),
      at: time,
      by: id,
    }),
    z.object({ type: z.literal('message.deleted'), seq, target: id, at: time, by: id }),
    z.object({
      type: z.literal('reaction'),
      seq,
      target: id,
      emoji: z.string(),
      on: z.boolean(),
      by: id,
      at: time,
    }),
    z.object({
      type: z.literal('member'),
      seq,
      user: person,
      role: role.nullable(),
      by: id,
      at: time,
    }),
    z.object({ type: z.literal('room'), seq, name: z.string(), by: id, at: time }),
  ])
  .meta({ id: 'RoomEvent' });
export type RoomEvent = z.output<typeof roomEvent>;

export const room = z
  .object({
    id,
    kind: z.enum(['open', 'course', 'group', 'direct']),
    name: z.string(),
    courseId: id.optional(),
    role: role.optional(),
    head: seq,
    epoch: z.string(),
    unread: seq,
    lastReadSeq: seq,
    createdAt: time,
  })
  .meta({ id: 'Room' });
export type RoomView = z.output<typeof room>;

export const newRoom = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('group'),
    name: text(1, 120),
    members: z.array(id).max(500).default([]),
  }),
  z.strictObject({
    kind: z.literal('direct'),
    name: text(1, 120).optional(),
    members: z.array(id).length(1),
  }),
  z.strictObject({ kind: z.literal('open'), name: text(1, 120) }),
]);
export type NewRoom = z.output<typeof newRoom>;

const member = z.object({ user: person, role, since: time });
const readState = z.object({ lastReadSeq: seq, unread: seq });
const presence = z.object({ user: person, connections: z.number().int().positive(), since: time });
const searchHit = z.object({
  message: messageEvent,
  room: person,
  highlights: z.object({ text: z.string() }),
});

const inRoom = z.strictObject({ id });
const ofMember = z.strictObject({ id, user: id });
const ofMessage = z.strictObject({ id, mid: id });
const ofReaction = z.strictObject({ id, mid: id, emoji });
const position = z.coerce.number().int().nonnegative();
const base = { tag: 'rooms', access: 'signed-in' } as const;

export const listRooms = contract({
  ...base,
  id: 'listRooms',
  method: 'GET',
  path: 'rooms',
  summary: 'Rooms the caller can enter',
  query: page,
  responses: { 200: listOf(room) },
});
export const createRoom = contract({
  ...base,
  id: 'createRoom',
  method: 'POST',
  path: 'rooms',
  summary: 'Create a group, a direct room or (moderators) an open room',
  body: newRoom,
  idempotent: true,
  responses: { 201: room, 200: room },
});
export const getRoom = contract({
  ...base,
  id: 'getRoom',
  method: 'GET',
  path: 'rooms/:id',
  summary: 'One room',
  params: inRoom,
  responses: { 200: room },
});
export const renameRoom = contract({
  ...base,
  id: 'renameRoom',
  method: 'PATCH',
  path: 'rooms/:id',
  summary: 'Rename a room',
  params: inRoom,
  body: z.strictObject({ name: text(1, 120) }),
  responses: { 200: room },
});
export const deleteRoom = contract({
  ...base,
  id: 'deleteRoom',
  method: 'DELETE',
  path: 'rooms/:id',
  summary: 'Delete a room and its history',
  params: inRoom,
  responses: { 204: null },
});
export const listMembers = contract({
  ...base,
  id: 'listMembers',
  method: 'GET',
  path: 'rooms/:id/members',
  summary: 'Members of a room',
  params: inRoom,
  query: page,
  responses: { 200: listOf(member) },
});
export const getMember = contract({
  ...base,
  id: 'getMember',
  method: 'GET',
  path: 'rooms/:id/members/:user',
  summary: 'One member',
  params: ofMember,
  responses: { 200: member },
});
export const putMember = contract({
  ...base,
  id: 'putMember',
  method: 'PUT',
  path: 'rooms/:id/members/:user',
  summary: 'Add a member or change a role',
  params: ofMember,
  body: z.strictObject({ role: role.default('member') }),
  responses: { 200: member, 201: member },
});
export const removeMember = contract({
  ...base,
  id: 'removeMember',
  method: 'DELETE',
  path: 'rooms/:id/members/:user',
  summary: 'Remove a member, or leave',
  params: ofMember,
  responses: { 204: null },
});
export const listMessages = contract({
  ...base,
  id: 'listMessages',
  method: 'GET',
  path: 'rooms/:id/messages',
  summary: 'Events of a room, ascending; messages as they now are',
  params: inRoom,
  query: z.strictObject({ before: position.optional(), after: position.optional(), limit }),
  responses: {
    200: z.object({ epoch: z.string(), first: seq, head: seq, items: z.array(roomEvent) }),
  },
});
export const sendMessage = contract({
  ...base,
  id: 'sendMessage',
  method: 'POST',
  path: 'rooms/:id/messages',
  summary: 'Send a message; a repeat of cid stores nothing',
  params: inRoom,
  body: newMessage,
  responses: { 201: sent, 200: sent },
});
export const editMessage = contract({
  ...base,
  id: 'editMessage',
  method: 'PATCH',
  path: 'rooms/:id/messages/:mid',
  summary: 'Edit one’s own message',
  params: ofMessage,
  body: z.strictObject({ text: messageText }),
  responses: { 200: sent },
});
export const deleteMessage = contract({
  ...base,
  id: 'deleteMessage',
  method: 'DELETE',
  path: 'rooms/:id/messages/:mid',
  summary: 'Delete a message',
  params: ofMessage,
  responses: { 204: null },
});
export const addReaction = contract({
  ...base,
  id: 'addReaction',
  method: 'PUT',
  path: 'rooms/:id/messages/:mid/reactions/:emoji',
  summary: 'React to a message',
  params: ofReaction,
  responses: { 200: sent },
});
export const removeReaction = contract({
  ...base,
  id: 'removeReaction',
  method: 'DELETE',
  path: 'rooms/:id/messages/:mid/reactions/:emoji',
  summary: 'Take a reaction back',
  params: ofReaction,
  responses: { 204: null },
});
export const markRead = contract({
  ...base,
  id: 'markRead',
  method: 'PUT',
  path: 'rooms/:id/read',
  summary: 'Raise the read marker',
  params: inRoom,
  body: z.strictObject({ seq }),
  responses: { 200: readState },
});
export const roomPresence = contract({
  ...base,
  id: 'roomPresence',
  method: 'GET',
  path: 'rooms/:id/presence',
  summary: 'Who is in the room now',
  params: inRoom,
  responses: { 200: z.object({ items: z.array(presence) }) },
});
export const searchMessages = contract({
  ...base,
  id: 'searchMessages',
  method: 'GET',
  path: 'messages/search',
  summary: 'Search messages in the caller’s rooms, newest first',
  query: page.extend({ q: text(1, 200), room: id.optional() }),
  responses: { 200: listOf(searchHit) },
});

export const roomContracts = [
  listRooms,
  createRoom,
  getRoom,
  renameRoom,
  deleteRoom,
  listMembers,
  getMember,
  putMember,
  removeMember,
  listMessages,
  sendMessage,
  editMessage,
  deleteMessage,
  addReaction,
  removeReaction,
  markRead,
  roomPresence,
  searchMessages,
] as const;
