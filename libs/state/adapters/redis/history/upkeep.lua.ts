import { less, reading, roomKeys } from './log.lua.js';

/**
 * ARGV: before, how many entries to sweep. \`first\` rises at once; what is below is swept in pieces,
 * since one script holds up everybody. A cid or id that a newer event took over meanwhile stays.
 * Gives nil without the room, else whether more is to be swept.
 */
export const trimLua = `${roomKeys}${reading}
local epoch, head, first = position()
if not epoch then return false end
local kept, chunk = math.min(math.max(tonumber(ARGV[1]), first), head + 1), tonumber(ARGV[2])
if kept > first then call('HSET', K, 'first', kept) end
if kept <= 1 then return 0 end
local swept = call('XRANGE', LOG, '-', (kept - 1)..'-0', 'COUNT', chunk)
if #swept == 0 then return 0 end
local fields, targets, old = {}, {}, {}
local low, high
for i = 1, #swept do
  local events, seq = swept[i][2], lastOf(swept[i]) - #swept[i][2] / 2
  low, high = low or seq + 1, lastOf(swept[i])
  for e = 1, #events, 2 do
    seq = seq + 1
    local id, sender, cid, rest = string.match(events[e], '^([^\\n]*)\\n[^\\n]*\\n([^\\n]*)\\n([^\\n]*)\\n(.*)$')
    fields[#fields + 1] = 'c'..sender..'\\n'..cid
    fields[#fields + 1] = 'i'..id
    local target = string.match(rest, '^[^\\n]*\\n(.*)$')
    if target then targets[#targets + 1] = target..'\\0'..string.format('%016d', seq) end
  end
end
for from = 1, #fields, CHUNK do
  local seqs = call('HMGET', K, unpack(fields, from, math.min(from + CHUNK - 1, #fields)))
  for i = 1, #seqs do
    if seqs[i] and tonumber(seqs[i]) <= high then old[#old + 1] = fields[from + i - 1] end
  end
end
if #old > 0 then each('HDEL', K, old) end
if #targets > 0 then each('ZREM', K..':tg', targets) end
call('ZREMRANGEBYSCORE', DEL, '-inf', kept - 1)
for n = blockOf(low), blockOf(high) do
  if (n + 1) * BLOCK < kept then call('UNLINK', K..':b'..n) end
end
call('XTRIM', LOG, 'MINID', (high + 1)..'-0')
return #swept == chunk and 1 or 0
`;

/**
 * ARGV: how many blocks to fold at most. Gives whether more are full and not folded yet; nothing where
 * there is no room.
 */
export const foldLua = `${roomKeys}${reading}${less}
local epoch, head, first, folded = position()
if not epoch then return 0 end
local function fold(n)
  local base, counts, marks, messages, lo, hi = n * BLOCK, {}, {}, 0, nil, nil
  messagesIn(base + 1, base + BLOCK, function(header, sender)
    messages = messages + 1
    counts[sender] = (counts[sender] or 0) + 1
    local begin = beginOf(header)
    if begin ~= hi then
      if not hi then lo, hi = begin, begin elseif less(hi, begin) then hi = begin elseif less(begin, lo) then lo = begin end
    end
  end)
  local more = true
  while more do
    local all, past = call('LRANGE', K..':w', 0, BLOCK - 1), 0
    more = #all == BLOCK
    for _, kept in ipairs(all) do
      local at, words = string.match(kept, '^(%d+)%z(.*)$')
      at = tonumber(at)
      if at > base + BLOCK then more = false break end
      past = past + 1
      if at > base then
        local mark = string.char(at - base - 1)
        for term in string.gmatch(words, '%Z+') do
          local of = marks[term]
          marks[term] = of and of..mark or mark
        end
      end
    end
    if past > 0 then call('LTRIM', K..':w', past, -1) end
  end
  if messages == 0 then return end
  local block, b = { 'n', messages, 'lo', lo, 'hi', hi }, 6
  for sender, count in pairs(counts) do block[b + 1], block[b + 2], b = 's'..sender, count, b + 2 end
  for term, of in pairs(marks) do block[b + 1], block[b + 2], b = 't'..term, of, b + 2 end
  each('HSET', K..':b'..n, block)
end
local n, full = math.max(folded, blockOf(first)), blockOf(head + 1)
local stop = math.min(full, n + tonumber(ARGV[1]))
for block = n, stop - 1 do fold(block) end
call('HSET', K, 'folded', math.max(n, stop))
return stop < full and 1 or 0
`;
