/**
 * A room's keys, all with its hash tag; K is `prefix:r:{room}`:
 *
 * - `K` hash: the record, `epoch`, `head`, `first`; `m<user>` a member, `r<user>` a read marker
 * - `K:us` sorted set: who has a member or marker field, for paging in byte order
 * - `K:log` stream: an event each, its id `<seq>-0`
 * - `K:ix` hash: `c<sender>\n<cid>` and `i<event id>` → seq
 * - `K:tg` sorted set: `<target>\0<seq>` of events that change another
 * - `K:del` sorted set: seqs of deleted messages
 * - `K:b<n>` hash, one per 512 events: how many live messages there are (`n`) and of whom
 *   (`s<sender>`), the lowest and highest message id (`lo`, `hi`), and the postings: `t<term>` → two
 *   bytes an event
 *
 * The blocks keep what grows with the log in small pieces: a trim drops them whole, an append
 * rewrites a few bytes, unread counts add up blocks, and a search skips those that cannot hold a hit.
 *
 * Events below `first` do not exist, whether swept away yet or not. Lua's `<` compares strings by the
 * server's locale, so ids are compared byte by byte here.
 */
export const roomKeys = `
local K = KEYS[1]
local LOG, IX, TG, DEL, US = K..':log', K..':ix', K..':tg', K..':del', K..':us'
local BLOCK, CHUNK = 512, 4000
local call, byte, floor = redis.call, string.byte, math.floor
local function blockOf(seq) return floor((seq - 1) / BLOCK) end
local function blockKey(n) return K..':b'..n end
local function less(a, b)
  local n = #a < #b and #a or #b
  for i = 1, n do
    local x, y = byte(a, i), byte(b, i)
    if x ~= y then return x < y end
  end
  return #a < #b
end
local function each(command, key, list)
  for from = 1, #list, CHUNK do
    call(command, key, unpack(list, from, math.min(from + CHUNK - 1, #list)))
  end
end
local function position()
  local found = call('HMGET', K, 'epoch', 'head', 'first')
  if not found[1] then return nil end
  return found[1], tonumber(found[2]), tonumber(found[3])
end
local function entryAt(seq) return call('XRANGE', LOG, seq, seq)[1] end
`;

/** Stores events: \`put(seq, at)\` for the one whose fields begin at ARGV[at], then \`flush()\` once. */
const writing = `
local pending, postings, index, targets = {}, {}, {}, {}
local function add(block, field, by)
  local counts = pending[block]
  if not counts then counts = {}; pending[block] = counts end
  counts[field] = (counts[field] or 0) + by
end
local function delete(target, first, known)
  local seq = known['i'..target] or tonumber(call('HGET', IX, 'i'..target) or nil)
  if not seq or seq < first then return end
  local entry = entryAt(seq)
  if not entry or entry[2][4] ~= 'message' then return end
  if call('ZADD', DEL, seq, seq) == 0 then return end
  add(blockOf(seq), 'n', -1)
  add(blockOf(seq), 's'..entry[2][6], -1)
end
local function post(seq, terms)
  local n = blockOf(seq)
  local of = postings[n]
  if not of then of = {}; postings[n] = of end
  local offset = seq - 1 - n * BLOCK
  local mark = string.char(floor(offset / 256), offset % 256)
  for term in string.gmatch(terms, '[^%z]+') do of[term] = (of[term] or '')..mark end
end
local function put(seq, at, first, known)
  local id, kind, sender, target, terms = ARGV[at], ARGV[at+1], ARGV[at+2], ARGV[at+5], ARGV[at+7]
  if target == '' then
    call('XADD', LOG, seq..'-0', 'i', id, 't', kind, 's', sender, 'c', ARGV[at+3], 'a', ARGV[at+4], 'b', ARGV[at+6])
  else
    target = string.sub(target, 2)
    call('XADD', LOG, seq..'-0', 'i', id, 't', kind, 's', sender, 'c', ARGV[at+3], 'a', ARGV[at+4], 'b', ARGV[at+6], 'g', target)
    targets[#targets + 1] = 0
    targets[#targets + 1] = target..'\\0'..string.format('%016d', seq)
    if kind == 'message.deleted' then delete(target, first, known) end
  end
  index[#index + 1] = 'c'..sender..'\\n'..ARGV[at+3]
  index[#index + 1] = seq
  index[#index + 1] = 'i'..id
  index[#index + 1] = seq
  if kind == 'message' then
    local n = blockOf(seq)
    add(n, 'n', 1)
    add(n, 's'..sender, 1)
    if terms ~= '' then post(seq, terms) end
  end
end
local function flush(head, lo, hi)
  if #index > 0 then each('HSET', IX, index) end
  if #targets > 0 then each('ZADD', TG, targets) end
  call('HSET', K, 'head', head)
  for n, counts in pairs(pending) do
    for field, by in pairs(counts) do
      if by ~= 0 then call('HINCRBY', blockKey(n), field, by) end
    end
  end
  for n, of in pairs(postings) do
    local key, fields, terms = blockKey(n), {}, {}
    for term in pairs(of) do
      terms[#terms + 1] = term
      fields[#fields + 1] = 't'..term
    end
    local set = {}
    for from = 1, #fields, CHUNK do
      local found = call('HMGET', key, unpack(fields, from, math.min(from + CHUNK - 1, #fields)))
      for i = 1, #found do
        set[#set + 1] = fields[from + i - 1]
        set[#set + 1] = (found[i] or '')..of[terms[from + i - 1]]
      end
    end
    local bounds = call('HMGET', key, 'lo', 'hi')
    if not bounds[1] or less(lo, bounds[1]) then set[#set + 1] = 'lo'; set[#set + 1] = lo end
    if not bounds[2] or less(bounds[2], hi) then set[#set + 1] = 'hi'; set[#set + 1] = hi end
    each('HSET', key, set)
  end
end
`;

/**
 * ARGV: lowest and highest event id, number of calls; per call the number of its events; per event
 * id, type, sender, cid, at, '' or '=target', body, terms joined by \\0.
 * Gives nil without the room, else epoch and: per event its seq, or 'seq id' of the one it repeats;
 * a call with a taken event id gives '!id' alone and stores nothing.
 */
export const appendLua = `${roomKeys}${writing}
local epoch, head, first = position()
if not epoch then return false end
local calls, fields, known, ids = tonumber(ARGV[3]), {}, {}, {}
local at = 4
for _ = 1, calls do
  local n = tonumber(ARGV[at])
  at = at + 1
  for _ = 1, n do
    fields[#fields + 1] = 'c'..ARGV[at+2]..'\\n'..ARGV[at+3]
    fields[#fields + 1] = 'i'..ARGV[at]
    at = at + 8
  end
end
for from = 1, #fields, CHUNK do
  local found = call('HMGET', IX, unpack(fields, from, math.min(from + CHUNK - 1, #fields)))
  for i = 1, #found do
    local seq = found[i] and tonumber(found[i])
    if seq and seq >= first then known[fields[from + i - 1]] = seq end
  end
end
local before, reply, f = head, { epoch }, 1
at = 4
for _ = 1, calls do
  local n = tonumber(ARGV[at])
  at = at + 1
  local own, taken = {}, nil
  for e = 0, n - 1 do
    local cid, id = fields[f + 2 * e], fields[f + 2 * e + 1]
    if not known[cid] and not own[cid] then
      if known[id] or own[id] then taken = string.sub(id, 2) break end
      own[cid], own[id] = true, true
    end
  end
  if taken then
    reply[#reply + 1] = '!'..taken
    at, f = at + 8 * n, f + 2 * n
  else
    for _ = 1, n do
      local cid = fields[f]
      local seq = known[cid]
      if seq then
        local entry = not ids[seq] and entryAt(seq)
        reply[#reply + 1] = seq..' '..(ids[seq] or entry and entry[2][2] or '')
      else
        head = head + 1
        put(head, at, first, known)
        known[cid], known[fields[f + 1]], ids[head] = head, head, ARGV[at]
        reply[#reply + 1] = head
      end
      at, f = at + 8, f + 2
    end
  end
end
if head > before then flush(head, ARGV[1], ARGV[2]) end
return reply
`;

/**
 * ARGV: epoch, first, nonce and the five fields of the record, lowest and highest id, number of
 * events, the first one's seq; events as for append, without a hole (the caller has checked).
 * Gives {1, head, first} or {0, epoch} where the room has another, {2, head} at a hole.
 */
export const restoreLua = `${roomKeys}${writing}
local epoch, head, first = position()
local made = not epoch
if made then epoch, first = ARGV[1], tonumber(ARGV[2]); head = first - 1 end
if epoch ~= ARGV[1] then return { 0, epoch } end
local count, seq, at = tonumber(ARGV[11]), tonumber(ARGV[12]), 13
local skip = math.min(count, math.max(0, head + 1 - seq))
if skip < count and seq + skip ~= head + 1 then return { 2, head } end
if made then
  call('HSET', K, 'kind', ARGV[4], 'name', ARGV[5], 'course', ARGV[6], 'at', ARGV[7], 'by', ARGV[8],
    'nonce', ARGV[3], 'epoch', epoch, 'head', head, 'first', first)
else
  local kept = math.min(math.max(tonumber(ARGV[2]), first), head + 1)
  if kept > first then first = kept; call('HSET', K, 'first', first) end
end
if skip < count then
  local known = {}
  for e = skip, count - 1 do
    head = head + 1
    put(head, at + 8 * e, first, known)
    known['i'..ARGV[at + 8 * e]] = head
  end
  flush(head, ARGV[9], ARGV[10])
end
return { 1, head, first }
`;

/**
 * ARGV: before, how many to sweep. \`first\` rises at once; what is below is swept in pieces, since one
 * script holds up everybody. A cid or id that a newer event took over meanwhile stays.
 * Gives nil without the room, else whether more is to be swept.
 */
export const trimLua = `${roomKeys}
local epoch, head, first = position()
if not epoch then return false end
local kept, chunk = math.min(math.max(tonumber(ARGV[1]), first), head + 1), tonumber(ARGV[2])
if kept > first then call('HSET', K, 'first', kept) end
if kept <= 1 then return 0 end
local gone = call('XRANGE', LOG, '-', (kept - 1)..'-0', 'COUNT', chunk)
if #gone == 0 then return 0 end
local fields, targets = {}, {}
local low, high
for i = 1, #gone do
  local of, seq = gone[i][2], tonumber(string.match(gone[i][1], '^%d+'))
  low, high = low or seq, seq
  fields[#fields + 1] = 'c'..of[6]..'\\n'..of[8]
  fields[#fields + 1] = 'i'..of[2]
  if of[14] then targets[#targets + 1] = of[14]..'\\0'..string.format('%016d', seq) end
end
local old, seqs = {}, call('HMGET', IX, unpack(fields))
for i = 1, #fields do
  if seqs[i] and tonumber(seqs[i]) <= high then old[#old + 1] = fields[i] end
end
if #old > 0 then each('HDEL', IX, old) end
if #targets > 0 then each('ZREM', TG, targets) end
call('ZREMRANGEBYSCORE', DEL, '-inf', kept - 1)
for n = blockOf(low), blockOf(high) do
  if (n + 1) * BLOCK < kept then call('UNLINK', blockKey(n)) end
end
call('XTRIM', LOG, 'MINID', (high + 1)..'-0')
return #gone == chunk and 1 or 0
`;
