import { reading, roomKeys } from './log.lua.js';

/**
 * ARGV: epoch, nonce, kind, name, course ('' or '=id'), createdAt, createdBy; per member user, and
 * 'role since nonce'. Gives 1, or the record of the room that is there: kind, name, course, at, by.
 */
export const createLua = `${roomKeys}
local there = call('HMGET', K, 'kind', 'name', 'course', 'at', 'by')
if there[1] then return there end
call('HSET', K, 'kind', ARGV[3], 'name', ARGV[4], 'course', ARGV[5], 'at', ARGV[6], 'by', ARGV[7],
  'nonce', ARGV[2], 'epoch', ARGV[1], 'head', 0, 'first', 1)
for i = 8, #ARGV, 2 do
  call('HSET', K, 'm'..ARGV[i], ARGV[i+1])
  call('ZADD', K..':us', 0, ARGV[i])
end
return 1
`;

/** ARGV: name. Gives nil without the room, else its record. */
export const renameLua = `
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
redis.call('HSET', KEYS[1], 'name', ARGV[1])
return redis.call('HMGET', KEYS[1], 'kind', 'name', 'course', 'at', 'by')
`;

/** ARGV: epoch. Gives nil without the room, else its head. */
export const renewLua = `
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
redis.call('HSET', KEYS[1], 'epoch', ARGV[1])
return redis.call('HGET', KEYS[1], 'head')
`;

/** Removes everything of the room. Gives nil where there is none, else kind, nonce, {user, 'role since nonce' …}. */
export const deleteLua = `${roomKeys}${reading}
local epoch, head, first, folded = position()
if not epoch then return false end
local room, gone = call('HMGET', K, 'kind', 'nonce'), {}
local users = call('ZRANGE', K..':us', 0, -1)
for from = 1, #users, CHUNK do
  local fields = {}
  for i = from, math.min(from + CHUNK - 1, #users) do fields[#fields + 1] = 'm'..users[i] end
  local found = call('HMGET', K, unpack(fields))
  for i = 1, #found do
    if found[i] then
      gone[#gone + 1] = users[from + i - 1]
      gone[#gone + 1] = found[i]
    end
  end
end
local low = call('XRANGE', LOG, '-', '+', 'COUNT', 1)[1]
for n = blockOf(low and lastOf(low) - #low[2] / 2 + 1 or first), folded - 1 do call('UNLINK', K..':b'..n) end
call('UNLINK', K, LOG, DEL, K..':tg', K..':us', K..':w')
return { room[1], room[2], gone }
`;

/**
 * ARGV: user, role, since, nonce; without a nonce only a member who is there is changed.
 * Gives nil without the room; '' where nobody was changed or a member was added; else the role before.
 */
export const putMemberLua = `
local K = KEYS[1]
if redis.call('EXISTS', K) == 0 then return false end
local user, role, since, nonce = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local before = redis.call('HGET', K, 'm'..user)
if not before and nonce == '' then return '' end
local was = ''
if before then
  local known
  was, since, known = string.match(before, '^(%S+) (%S+) (%S+)$')
  if nonce == '' then nonce = known end
end
redis.call('HSET', K, 'm'..user, role..' '..since..' '..nonce)
if not before then redis.call('ZADD', K..':us', 0, user) end
return was
`;

/** ARGV: user. Gives nil without the room, '' where there was no member, else 'role since nonce'. */
export const removeMemberLua = `
local K, user = KEYS[1], ARGV[1]
if redis.call('EXISTS', K) == 0 then return false end
local before = redis.call('HGET', K, 'm'..user)
redis.call('HDEL', K, 'm'..user, 'r'..user)
redis.call('ZREM', K..':us', user)
return before or ''
`;

/** ARGV: 'm' for members or 'r' for markers, limit, after or ''. Gives nil without the room, else user, value, … */
export const usersLua = `
local K, which, limit = KEYS[1], ARGV[1], tonumber(ARGV[2])
if redis.call('EXISTS', K) == 0 then return false end
local from, page = ARGV[3] == '' and '-' or '('..ARGV[3], {}
while #page < 2 * limit do
  local users = redis.call('ZRANGEBYLEX', K..':us', from, '+', 'LIMIT', 0, limit)
  if #users == 0 then break end
  for i = 1, #users do
    local value = redis.call('HGET', K, which..users[i])
    if value and #page < 2 * limit then
      page[#page + 1] = users[i]
      page[#page + 1] = value
    end
  end
  from = '('..users[#users]
end
return page
`;

/** An index that lives in another slot than what it points to: KEYS[1] in byte order, KEYS[1]:n with nonces. */
export const linkLua = `
redis.call('HSET', KEYS[1]..':n', ARGV[1], ARGV[2])
return redis.call('ZADD', KEYS[1], 0, ARGV[1])
`;

/** Only the entry that was made with this nonce: a newer one belongs to who came back. */
export const unlinkLua = `
if redis.call('HGET', KEYS[1]..':n', ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[1]..':n', ARGV[1])
return redis.call('ZREM', KEYS[1], ARGV[1])
`;

/** ARGV: limit, after or ''. Gives id, nonce, … */
export const linksLua = `
local ids = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[2] == '' and '-' or '('..ARGV[2], '+', 'LIMIT', 0, ARGV[1])
local found = {}
for i = 1, #ids do
  found[2 * i - 1] = ids[i]
  found[2 * i] = redis.call('HGET', KEYS[1]..':n', ids[i]) or ''
end
return found
`;
