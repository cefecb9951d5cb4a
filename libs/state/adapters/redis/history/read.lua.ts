import { less, reading, roomKeys } from './log.lua.js';

/** ARGV: after or '', before or '', limit. Gives nil or {epoch, first, head, from, to, entries}: one moment. */
export const readLua = `${roomKeys}${reading}
local epoch, head, first = position()
if not epoch then return false end
local limit, from, to, entries = tonumber(ARGV[3]), first, head, {}
if ARGV[2] ~= '' then
  local stop = math.min(tonumber(ARGV[2]), head + 1)
  from, to = math.max(first, stop - limit), stop - 1
else
  from = math.max((tonumber(ARGV[1]) or 0) + 1, first)
  to = math.min(head, from + limit - 1)
end
if from <= to then
  local last = call('XRANGE', LOG, to, '+', 'COUNT', 1)[1]
  if last then entries = call('XRANGE', LOG, from, last[1]) end
end
return { epoch, first, head, from, to, entries }
`;

/** ARGV: event id. Gives nil without the room, else {} or {seq, header, body}. */
export const eventLua = `${roomKeys}${reading}
local epoch, head, first = position()
if not epoch then return false end
local seq = tonumber(call('HGET', K, 'i'..ARGV[1]) or nil)
if not seq or seq < first then return {} end
return { seq, eventAt(seq) }
`;

/** ARGV: targets. Gives nil without the room, else seq, header, body of each, ascending. */
export const changesLua = `${roomKeys}${reading}
local epoch, head, first = position()
if not epoch then return false end
local seqs, changes = {}, {}
for i = 1, #ARGV do
  local found = call('ZRANGEBYLEX', K..':tg', '['..ARGV[i]..'\\0', '('..ARGV[i]..'\\1')
  for j = 1, #found do
    local seq = tonumber(string.sub(found[j], -16))
    if seq >= first then seqs[#seqs + 1] = seq end
  end
end
table.sort(seqs)
for i = 1, #seqs do
  changes[3 * i - 2] = seqs[i]
  changes[3 * i - 1], changes[3 * i] = eventAt(seqs[i])
end
return changes
`;

/**
 * Messages of others above the marker: folded blocks by their counts, the rest of the block the marker
 * is in, and what is not folded, by the events; -1 where that would be too many.
 */
const unread = `
local function unread(user, marker, head, first, folded, most)
  local low, total = math.max(marker + 1, first), 0
  if low > head then return 0 end
  local function count(_, sender) if sender ~= user then total = total + 1 end end
  local loose = math.max(low, folded * BLOCK + 1)
  if head - loose >= most then return -1 end
  local n = blockOf(low)
  if n < folded and low ~= n * BLOCK + 1 then
    messagesIn(low, (n + 1) * BLOCK, count)
    n = n + 1
  end
  for b = n, folded - 1 do
    local counts = call('HMGET', K..':b'..b, 'n', 's'..user)
    total = total + tonumber(counts[1] or 0) - tonumber(counts[2] or 0)
  end
  if loose <= head then messagesIn(loose, head, count) end
  return total
end
`;

/**
 * ARGV: user, a seq to raise the marker to or '', how many events may be looked at one by one.
 * Gives nil without the room, else {marker, unread}; -1 for unread where blocks have to be folded first.
 */
export const readStateLua = `${roomKeys}${reading}${unread}
local epoch, head, first, folded = position()
if not epoch then return false end
local user = ARGV[1]
local marker = tonumber(call('HGET', K, 'r'..user) or 0)
if ARGV[2] ~= '' then
  local raised = math.min(tonumber(ARGV[2]), head)
  if raised > marker then
    marker = raised
    call('HSET', K, 'r'..user, marker)
    call('ZADD', K..':us', 0, user)
  end
end
return { marker, unread(user, marker, head, first, folded, tonumber(ARGV[3])) }
`;

/**
 * ARGV: how many events may be looked at one by one, limit, an exclusive upper event id or '', terms.
 * Gives seq, header, body of each, by event id, descending; -1 where blocks have to be folded first. Blocks are visited newest first; once \`limit\` hits are held, a block whose highest id is
 * below all of them is passed over, so that a page costs what it shows and not what the room holds.
 */
export const searchLua = `${roomKeys}${reading}${less}
local epoch, head, first, folded = position()
if not epoch then return {} end
if head - math.max(first - 1, folded * BLOCK) > tonumber(ARGV[1]) then return -1 end
local limit, after, fields = tonumber(ARGV[2]), ARGV[3], { 'lo', 'hi' }
for i = 4, #ARGV do fields[#fields + 1] = 't'..ARGV[i] end
local best = {}
local function byId(one, other) return less(other[1], one[1]) end
local function look(seqs)
  for _, seq in ipairs(seqs) do
    if seq >= first and not call('ZSCORE', DEL, seq) then
      local header, body = eventAt(seq)
      local id = header and string.match(header, '^[^\\n]*')
      if id and (after == '' or less(id, after)) then best[#best + 1] = { id, seq, header, body } end
    end
  end
  table.sort(best, byId)
  for i = #best, limit + 1, -1 do best[i] = nil end
end
local seqs = {}
for _, kept in ipairs(call('LRANGE', K..':w', 0, -1)) do
  local from, all = string.find(kept, '\\0', 1, true), true
  for t = 4, #ARGV do all = all and string.find(kept, '\\0'..ARGV[t]..'\\0', from, true) end
  if all then seqs[#seqs + 1] = tonumber(string.sub(kept, 1, from - 1)) end
end
look(seqs)
for n = folded - 1, blockOf(first), -1 do
  local found = call('HMGET', K..':b'..n, unpack(fields))
  local all = found[1] and found[2]
  for t = 3, #fields do all = all and found[t] end
  if all and not (after ~= '' and less(beginOf(after), found[1]))
    and not (#best >= limit and less(found[2], beginOf(best[limit][1]))) then
    seqs = {}
    for _, mark in ipairs({ string.byte(found[3], 1, -1) }) do
      local both = true
      for t = 4, #fields do both = both and string.find(found[t], string.char(mark), 1, true) end
      if both then seqs[#seqs + 1] = n * BLOCK + 1 + mark end
    end
    look(seqs)
  end
end
local hits = {}
for i = 1, #best do hits[3 * i - 2], hits[3 * i - 1], hits[3 * i] = best[i][2], best[i][3], best[i][4] end
return hits
`;
