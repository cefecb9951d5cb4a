/**
 * A bucket's keys; B is `prefix:s:{b<n>}`:
 *
 * - `B:rec` hash: connection id → 'nonce record', the truth about a connection
 * - `B:in` hash: connection id → the rooms it is in, '\nroom\x1fnonce' each
 * - `B:x` sorted set: connection id by deadline
 * - `B:u:<user>`, `B:r:<room>` hashes: connection id → nonce; which connections to look at
 * - `B:seen` hash: user → when last seen
 *
 * An entry of `B:u` or `B:r` is a hint where to look: it is added before the connection says so and
 * removed by the nonce it was made with, so that it is there whenever it is true.
 */
const bucket = `
local B, call, CHUNK = KEYS[1], redis.call, 4000
local function deadlineOf(id) return tonumber(call('ZSCORE', B..':x', id) or nil) end
`;

/** ARGV: '+', key, id, nonce to add; '-' likewise to remove; 's', user, at, '' for when a user was seen. */
export const hintsLua = `${bucket}
for i = 1, #ARGV, 4 do
  local op, what, id, nonce = ARGV[i], ARGV[i+1], ARGV[i+2], ARGV[i+3]
  if op == '+' then
    call('HSET', B..what, id, nonce)
  elseif op == '-' then
    if call('HGET', B..what, id) == nonce then call('HDEL', B..what, id) end
  else
    local before = tonumber(call('HGET', B..':seen', what) or nil)
    if not before or before < tonumber(id) then call('HSET', B..':seen', what, id) end
  end
end
return 1
`;

/** ARGV: id, 'nonce record', rooms, deadline each. Gives id, 'nonce record', rooms of each that was replaced. */
export const putLua = `${bucket}
local old = {}
for i = 1, #ARGV, 4 do
  local id = ARGV[i]
  local before = call('HGET', B..':rec', id)
  if before then
    old[#old + 1] = id
    old[#old + 1] = before
    old[#old + 1] = call('HGET', B..':in', id) or ''
  end
  call('HSET', B..':rec', id, ARGV[i+1])
  call('HSET', B..':in', id, ARGV[i+2])
  call('ZADD', B..':x', ARGV[i+3], id)
end
return old
`;

/** ARGV: now, deadline, ids. Gives those that are not there. */
export const renewLua = `${bucket}
local now, missing, moved = tonumber(ARGV[1]), {}, {}
for from = 3, #ARGV, CHUNK do
  local to = math.min(from + CHUNK - 1, #ARGV)
  local scores = call('ZMSCORE', B..':x', unpack(ARGV, from, to))
  for i = from, to do
    local score = tonumber(scores[i - from + 1] or nil)
    if score and score > now then
      moved[#moved + 1] = ARGV[2]
      moved[#moved + 1] = ARGV[i]
    else
      missing[#missing + 1] = ARGV[i]
    end
  end
end
for from = 1, #moved, CHUNK do call('ZADD', B..':x', unpack(moved, from, math.min(from + CHUNK - 1, #moved))) end
return missing
`;

/** ARGV: a room they have to be in or '', ids. Gives id, 'nonce record', rooms, deadline of each that is there, live or not. */
export const lookLua = `${bucket}
local found, room = {}, ARGV[1] ~= '' and '\\n'..ARGV[1]..'\\31' or nil
for i = 2, #ARGV do
  local id = ARGV[i]
  local record, deadline = call('HGET', B..':rec', id), deadlineOf(id)
  if record and deadline then
    local rooms = call('HGET', B..':in', id) or ''
    if not room or string.find(rooms, room, 1, true) then
      found[#found + 1] = id
      found[#found + 1] = record
      found[#found + 1] = rooms
      found[#found + 1] = string.format('%.0f', deadline)
    end
  end
end
return found
`;

/** ARGV: now, limit. Gives the ids of connections past their deadline. */
export const expiredLua = `${bucket}
return call('ZRANGEBYSCORE', B..':x', '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
`;

/** ARGV: id, nonce, deadline each: the connection ends, unless it was put again or its deadline moved since. */
export const endLua = `${bucket}
for i = 1, #ARGV, 3 do
  local id = ARGV[i]
  local record, deadline = call('HGET', B..':rec', id), deadlineOf(id)
  if record and string.match(record, '^%S+') == ARGV[i+1] and deadline <= tonumber(ARGV[i+2]) then
    call('HDEL', B..':rec', id)
    call('HDEL', B..':in', id)
    call('ZREM', B..':x', id)
  end
end
return 1
`;

/** ARGV: id, room, nonce, now. Gives 1, or 0 where there is no such connection. */
export const enterLua = `${bucket}
local id, now = ARGV[1], tonumber(ARGV[4])
local deadline = deadlineOf(id)
if not deadline or deadline <= now then return 0 end
local rooms, mark = call('HGET', B..':in', id) or '', '\\n'..ARGV[2]..'\\31'
local from = string.find(rooms, mark, 1, true)
if from then
  local to = string.find(rooms, '\\n', from + 1, true) or #rooms + 1
  rooms = string.sub(rooms, 1, from - 1)..string.sub(rooms, to)
end
call('HSET', B..':in', id, rooms..mark..ARGV[3])
return 1
`;

/** ARGV: id, room. Gives the nonce of the entry that was taken out, or ''. */
export const leaveLua = `${bucket}
local rooms, mark = call('HGET', B..':in', ARGV[1]), '\\n'..ARGV[2]..'\\31'
local from = rooms and string.find(rooms, mark, 1, true)
if not from then return '' end
local to = string.find(rooms, '\\n', from + 1, true) or #rooms + 1
call('HSET', B..':in', ARGV[1], string.sub(rooms, 1, from - 1)..string.sub(rooms, to))
return string.sub(rooms, from + #mark, to - 1)
`;

/** ARGV: 'u' or 'r', names. Gives per name its connection ids, and when the user was last seen or ''. */
export const whoLua = `${bucket}
local found = {}
for i = 2, #ARGV do
  found[#found + 1] = call('HKEYS', B..':'..ARGV[1]..':'..ARGV[i])
  found[#found + 1] = ARGV[1] == 'u' and call('HGET', B..':seen', ARGV[i]) or ''
end
return found
`;
