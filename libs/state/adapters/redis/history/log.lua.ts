/**
 * A room's keys, all with its hash tag; K is `prefix:r:{room}`:
 *
 * - `K` hash: the record, `epoch`, `head`, `first`, `folded`; `m<user>` a member, `r<user>` a read marker;
 *   `c<sender>\n<cid>` and `i<event id>` → seq. One hash, so that an append reads and writes it once.
 * - `K:us` sorted set: who has a member or marker field, for paging in byte order
 * - `K:log` stream: what one commit brought, up to 32 events an entry; the entry's id is `<seq>-0` of
 *   its last event, and of each event there is a field (id, type, sender, cid, at and perhaps target,
 *   by line) and a value (the body). The entry that holds n is thus the first from n on.
 * - `K:w` list: `<seq>\0term\0term\0` of the messages with terms that no block has yet
 * - `K:tg` sorted set: `<target>\0<seq>` of events that change another
 * - `K:del` sorted set: seqs of deleted messages
 * - `K:b<n>` hash, one per block of 256 events, `folded` of them: how many live messages it has (`n`) and of whom
 *   (`s<sender>`), how the lowest and highest message id begin (`lo`, `hi`), and the postings: `t<term>` → a byte
 *   an event
 *
 * A redis.call costs more than what it does, so an append makes three whatever it brings. The blocks
 * keep counts and postings in small pieces, and are folded from the log when a reader first needs them,
 * or there are many: off the path of an append, and never for what is trimmed before. A trim drops blocks whole, unread
 * counts add them up, a search passes over those that cannot hold a hit.
 *
 * Events below `first` do not exist, whether swept away yet or not. Lua's `<` compares strings by the
 * server's locale, so ids are compared byte by byte here.
 */
export const roomKeys = `
local K, LOG, DEL = KEYS[1], KEYS[1]..':log', KEYS[1]..':del'
local BLOCK, CHUNK = 256, 4000
local call = redis.call
local function each(command, key, list)
  for from = 1, #list, CHUNK do
    call(command, key, unpack(list, from, math.min(from + CHUNK - 1, #list)))
  end
end
`;

/** The block of an event, and the event itself. */
export const reading = `
local function position()
  local found = call('HMGET', K, 'epoch', 'head', 'first', 'folded')
  if not found[1] then return nil end
  return found[1], tonumber(found[2]), tonumber(found[3]), tonumber(found[4] or 0)
end
local function blockOf(seq) return math.floor((seq - 1) / BLOCK) end
local function lastOf(entry) return tonumber(string.match(entry[1], '^%d+')) end
local function eventAt(seq)
  local entry = call('XRANGE', LOG, seq, '+', 'COUNT', 1)[1]
  if not entry then return nil end
  local fields = entry[2]
  local at = #fields - 1 - 2 * (lastOf(entry) - seq)
  return fields[at], fields[at + 1]
end
local function deletedIn(low, high)
  local gone = {}
  for _, seq in ipairs(call('ZRANGEBYSCORE', DEL, low, high)) do gone[tonumber(seq)] = true end
  return gone
end
local find, sub = string.find, string.sub
local function messagesIn(low, high, visit)
  local last = call('XRANGE', LOG, high, '+', 'COUNT', 1)[1]
  local entries = last and call('XRANGE', LOG, low, last[1]) or {}
  if #entries == 0 then return end
  local gone, seq = deletedIn(low, high), lastOf(entries[1]) - #entries[1][2] / 2
  for i = 1, #entries do
    local events = entries[i][2]
    for e = 1, #events, 2 do
      seq = seq + 1
      if seq >= low and seq <= high and not gone[seq] then
        local header = events[e]
        local a = find(header, '\\n', 1, true)
        local b = find(header, '\\n', a + 1, true)
        if sub(header, a + 1, b - 1) == 'message' then
          visit(header, sub(header, b + 1, find(header, '\\n', b + 1, true) - 1))
        end
      end
    end
  end
end
`;

/** Byte order; and what of an id a block knows: the time in it, by which neighbours are mostly equal. */
export const less = `
local byte = string.byte
local function beginOf(header) return string.match(string.sub(header, 1, 13), '^[^\\n]*') end
local function less(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = byte(a, i), byte(b, i)
    if x ~= y then return x < y end
  end
  return #a < #b
end
`;

/**
 * Stores events: \`put(seq, at, first)\` for the one whose fields begin at ARGV[at], then \`flush()\` once.
 * Per event: cid field, id field, header, body, terms or '', and '', '=target' or, of a
 * deletion, '!target'.
 */
const writing = `
local entry, set, terms, targets, last = { 'XADD', LOG, 0 }, {}, nil, nil, nil
local function flush()
  if not last then return end
  entry[3] = last..'-0'
  call(unpack(entry))
  entry = { 'XADD', LOG, 0 }
  set[#set + 1] = 'head'
  set[#set + 1] = last
  each('HSET', K, set)
  set, last = {}, nil
  if terms then each('RPUSH', K..':w', terms); terms = nil end
  if targets then each('ZADD', K..':tg', targets); targets = nil end
end
local function change(seq, target, first)
  ${reading}
  targets = targets or {}
  targets[#targets + 1] = 0
  targets[#targets + 1] = string.sub(target, 2)..'\\0'..string.format('%016d', seq)
  if string.sub(target, 1, 1) ~= '!' then return end
  flush()
  local at = tonumber(call('HGET', K, 'i'..string.sub(target, 2)) or nil)
  local header = at and at >= first and eventAt(at)
  if not header then return end
  local kind, sender = string.match(header, '^[^\\n]*\\n([^\\n]*)\\n([^\\n]*)')
  if kind ~= 'message' or call('ZADD', DEL, at, at) == 0 then return end
  local n = blockOf(at)
  if n < tonumber(call('HGET', K, 'folded') or 0) then
    call('HINCRBY', K..':b'..n, 'n', -1)
    call('HINCRBY', K..':b'..n, 's'..sender, -1)
  end
end
local function put(seq, at, first)
  local n, m = #entry, #set
  last = string.format('%d', seq)
  entry[n + 1], entry[n + 2] = ARGV[at+2], ARGV[at+3]
  set[m + 1], set[m + 2], set[m + 3], set[m + 4] = ARGV[at], last, ARGV[at+1], last
  if ARGV[at+4] ~= '' then
    terms = terms or {}
    terms[#terms + 1] = last..'\\0'..ARGV[at+4]
  end
  if n > 64 then flush() end
  if ARGV[at+5] ~= '' then change(seq, ARGV[at+5], first) end
end
`;

/**
 * KEYS: rooms. ARGV: for each the number of calls; per call the number of its events, and they.
 * Gives for each nil without the room, else epoch and: per event its seq, or 'seq id' of the one it
 * repeats; a call with a taken event id gives '!id' alone and stores nothing.
 */
export const appendLua = `${roomKeys}${writing}
local function idAt(seq)
  ${reading}
  return string.match(eventAt(seq), '^[^\\n]*')
end
local replies, at = {}, 1
for k = 1, #KEYS do
  K = KEYS[k]
  LOG, DEL = K..':log', K..':del'
  entry[2] = LOG
  local calls, fields, known, ids = tonumber(ARGV[at]), { 'epoch', 'head', 'first' }, {}, {}
  local begin = at + 1
  local f = 3
  at = begin
  for _ = 1, calls do
    local stop = at + 6 * ARGV[at]
    for e = at + 1, stop, 6 do
      fields[f + 1], fields[f + 2] = ARGV[e], ARGV[e+1]
      f = f + 2
    end
    at = stop + 1
  end
  local epoch, head, first, finish = false, 0, 0, at
  for from = 1, f, CHUNK do
    local found = call('HMGET', K, unpack(fields, from, math.min(from + CHUNK - 1, f)))
    local start = 1
    if from == 1 then epoch, head, first, start = found[1], tonumber(found[2] or 0), tonumber(found[3] or 0), 4 end
    for i = start, #found do
      if found[i] then
        local seq = tonumber(found[i])
        if seq >= first then known[fields[from + i - 1]] = seq end
      end
    end
  end
  local reply, r = { epoch }, 1
  at = begin
  for _ = 1, epoch and calls or 0 do
    local stop, taken = at + 6 * ARGV[at], nil
    local own = stop > at + 6 and {}
    for e = at + 1, stop, 6 do
      local cid, id = ARGV[e], ARGV[e+1]
      if not known[cid] and not (own and own[cid]) then
        if known[id] or own and own[id] then taken = string.sub(id, 2) break end
        if own then own[cid], own[id] = true, true end
      end
    end
    if taken then
      r = r + 1
      reply[r] = '!'..taken
    else
      for e = at + 1, stop, 6 do
        local seq = known[ARGV[e]]
        r = r + 1
        if seq then
          reply[r] = seq..' '..(ids[seq] and string.sub(ARGV[ids[seq]], 2) or idAt(seq))
        else
          head = head + 1
          known[ARGV[e]], known[ARGV[e+1]], ids[head] = head, head, e + 1
          put(head, e, first)
          reply[r] = head
        end
      end
    end
    at = stop + 1
  end
  flush()
  at, replies[k] = finish, epoch and reply
end
return replies
`;

/**
 * The same for one event that changes no other, which is what there is when nothing waits: without what
 * many need. Gives nil without the room, {epoch, seq}, or 0 where its cid or id was there before: then
 * the other script has the answer.
 */
export const appendOneLua = `
local K = KEYS[1]
local found = redis.call('HMGET', K, 'epoch', 'head', 'first', ARGV[1], ARGV[2])
if not found[1] then return false end
if found[4] or found[5] then return 0 end
local seq = string.format('%d', found[2] + 1)
redis.call('XADD', K..':log', seq..'-0', ARGV[3], ARGV[4])
redis.call('HSET', K, ARGV[1], seq, ARGV[2], seq, 'head', seq)
if ARGV[5] ~= '' then redis.call('RPUSH', K..':w', seq..'\\0'..ARGV[5]) end
return { found[1], found[2] + 1 }
`;

/**
 * ARGV: epoch, first, nonce and the five fields of the record, number of events, the first one's seq;
 * events as for append, without a hole (the caller has checked).
 * Gives {1, head, first} or {0, epoch} where the room has another, {2, head} at a hole.
 */
export const restoreLua = `${roomKeys}${writing}${reading}
local epoch, head, first = position()
local made = not epoch
if made then epoch, first = ARGV[1], tonumber(ARGV[2]); head = first - 1 end
if epoch ~= ARGV[1] then return { 0, epoch } end
local count, seq, at = tonumber(ARGV[9]), tonumber(ARGV[10]), 11
local skip = math.min(count, math.max(0, head + 1 - seq))
if skip < count and seq + skip ~= head + 1 then return { 2, head } end
if made then
  call('HSET', K, 'kind', ARGV[4], 'name', ARGV[5], 'course', ARGV[6], 'at', ARGV[7], 'by', ARGV[8],
    'nonce', ARGV[3], 'epoch', epoch, 'head', head, 'first', first)
else
  local kept = math.min(math.max(tonumber(ARGV[2]), first), head + 1)
  if kept > first then first = kept; call('HSET', K, 'first', first) end
end
for e = at + 6 * skip, at + 6 * count - 1, 6 do
  head = head + 1
  put(head, e, first)
end
flush()
return { 1, head, first }
`;
