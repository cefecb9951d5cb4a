import { roomKeys } from './log.lua.js';

/** ARGV: after or '', before or '', limit. Gives nil or {epoch, first, head, entries}: one moment. */
export const readLua = `${roomKeys}
local epoch, head, first = position()
if not epoch then return false end
local limit, from, to = tonumber(ARGV[3]), first, head
if ARGV[2] ~= '' then
  local stop = math.min(tonumber(ARGV[2]), head + 1)
  from, to = math.max(first, stop - limit), stop - 1
else
  from = math.max((tonumber(ARGV[1]) or 0) + 1, first)
end
local entries = {}
if from <= to then entries = call('XRANGE', LOG, from, to, 'COUNT', limit) end
return { epoch, first, head, entries }
`;

/** ARGV: event id. Gives nil without the room, else a list of at most one entry. */
export const eventLua = `${roomKeys}
local epoch, head, first = position()
if not epoch then return false end
local seq = tonumber(call('HGET', IX, 'i'..ARGV[1]) or nil)
if not seq or seq < first then return {} end
return { entryAt(seq) }
`;

/** ARGV: targets. Gives nil without the room, else entries, ascending. */
export const changesLua = `${roomKeys}
local epoch, head, first = position()
if not epoch then return false end
local seqs = {}
for i = 1, #ARGV do
  local found = call('ZRANGEBYLEX', TG, '['..ARGV[i]..'\\0', '('..ARGV[i]..'\\1')
  for j = 1, #found do
    local seq = tonumber(string.sub(found[j], -16))
    if seq >= first then seqs[#seqs + 1] = seq end
  end
end
table.sort(seqs)
local entries = {}
for i = 1, #seqs do entries[i] = entryAt(seqs[i]) end
return entries
`;

/**
 * Messages of others above the marker: whole blocks by their counts, the rest of the first one by
 * looking at its events.
 */
const unread = `
local function unread(user, marker, head, first)
  local low, total = math.max(marker + 1, first), 0
  if low > head then return 0 end
  local n = blockOf(low)
  if low ~= n * BLOCK + 1 then
    local high = math.min(head, (n + 1) * BLOCK)
    local entries, gone = call('XRANGE', LOG, low, high), {}
    for _, seq in ipairs(call('ZRANGEBYSCORE', DEL, low, high)) do gone[seq..'-0'] = true end
    for i = 1, #entries do
      local of = entries[i][2]
      if of[4] == 'message' and of[6] ~= user and not gone[entries[i][1]] then total = total + 1 end
    end
    n = n + 1
  end
  for b = n, blockOf(head) do
    local counts = call('HMGET', blockKey(b), 'n', 's'..user)
    total = total + (tonumber(counts[1] or 0) or 0) - (tonumber(counts[2] or 0) or 0)
  end
  return total
end
`;

/** ARGV: user, and a seq to raise the marker to or ''. Gives nil without the room, else {marker, unread}. */
export const readStateLua = `${roomKeys}${unread}
local epoch, head, first = position()
if not epoch then return false end
local user = ARGV[1]
local marker = tonumber(call('HGET', K, 'r'..user) or 0)
if ARGV[2] ~= '' then
  local raised = math.min(tonumber(ARGV[2]), head)
  if raised > marker then
    marker = raised
    call('HSET', K, 'r'..user, marker)
    call('ZADD', US, 0, user)
  end
end
return { marker, unread(user, marker, head, first) }
`;

/**
 * ARGV: limit, an exclusive upper event id or '', terms. Gives entries by event id, descending.
 * Blocks are visited newest first; once \`limit\` hits are held, a block whose highest id is below all
 * of them is passed over, so that a page costs what it shows and not what the room holds.
 */
export const searchLua = `${roomKeys}
local epoch, head, first = position()
if not epoch then return {} end
local limit, after, fields = tonumber(ARGV[1]), ARGV[2], { 'lo', 'hi', 'n' }
for i = 3, #ARGV do fields[#fields + 1] = 't'..ARGV[i] end
local best = {}
local function byId(one, other) return less(other[2][2], one[2][2]) end
local function candidates(n, found)
  local marks = {}
  for i = 1, #found[4], 2 do marks[string.sub(found[4], i, i + 1)] = 1 end
  for t = 5, #fields do
    for i = 1, #found[t], 2 do
      local mark = string.sub(found[t], i, i + 1)
      if marks[mark] == t - 4 then marks[mark] = t - 3 end
    end
  end
  local seqs = {}
  for mark, count in pairs(marks) do
    if count == #fields - 3 then seqs[#seqs + 1] = n * BLOCK + 1 + byte(mark, 1) * 256 + byte(mark, 2) end
  end
  return seqs
end
for n = blockOf(head), blockOf(first), -1 do
  local found = call('HMGET', blockKey(n), unpack(fields))
  local all = found[1] and found[2]
  for t = 4, #fields do all = all and found[t] end
  if all and (after == '' or less(found[1], after))
    and not (#best >= limit and not less(best[limit][2][2], found[2])) then
    for _, seq in ipairs(candidates(n, found)) do
      if seq >= first and not call('ZSCORE', DEL, seq) then
        local entry = entryAt(seq)
        if entry and (after == '' or less(entry[2][2], after)) then best[#best + 1] = entry end
      end
    end
    table.sort(best, byId)
    for i = #best, limit + 1, -1 do best[i] = nil end
  end
end
return best
`;
