/**
 * Refresh tokens; F is `prefix:f:{b<n>}`, the bucket of the family:
 *
 * - `F:<family>` hash: `user`; `t<hash>` → '0' or '1' (spent), then the deadline
 * - `F:x` sorted set: families by their last deadline, for walks
 * - `prefix:t:{<hash>}` string: the family of a token, in a slot of its own; written before the family
 *   has the token, and of no effect without it
 *
 * The server's own expiry only collects what is past its deadline by the store's clock.
 */
const family = `
local F, NAME, call = KEYS[1], KEYS[1]..':'..ARGV[1], redis.call
local function keep(user, hash, spent, deadline, ttl)
  call('HSETNX', NAME, 'user', user)
  local before = call('HGET', NAME, 't'..hash)
  if before and string.sub(before, 1, 1) == '1' then spent = '1' end
  call('HSET', NAME, 't'..hash, spent..deadline)
  call('ZADD', F..':x', 'GT', deadline, ARGV[1])
  if call('PTTL', NAME) < tonumber(ttl) then call('PEXPIRE', NAME, ttl) end
end
`;

/** ARGV: family, now, user, hash, spent, deadline, ttl. */
export const keepTokenLua = `${family}
call('ZREMRANGEBYSCORE', F..':x', '-inf', tonumber(ARGV[2]) - 3600000)
keep(ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7])
return 1
`;

/** ARGV: family, now, hash, next hash, its deadline, its ttl. Gives the outcome and the user. */
export const rotateLua = `${family}
local token, user = call('HGET', NAME, 't'..ARGV[3]), call('HGET', NAME, 'user')
if not token or not user or tonumber(string.sub(token, 2)) <= tonumber(ARGV[2]) then return { 'unknown', '' } end
if string.sub(token, 1, 1) == '1' then
  call('UNLINK', NAME)
  call('ZREM', F..':x', ARGV[1])
  return { 'reused', user }
end
call('HSET', NAME, 't'..ARGV[3], '1'..string.sub(token, 2))
if call('HLEN', NAME) % 32 == 0 then
  local all = call('HGETALL', NAME)
  for i = 1, #all, 2 do
    if all[i] ~= 'user' and tonumber(string.sub(all[i+1], 2)) <= tonumber(ARGV[2]) then call('HDEL', NAME, all[i]) end
  end
end
keep(user, ARGV[4], '0', ARGV[5], ARGV[6])
return { 'rotated', user }
`;

/** ARGV: family, hash. A token that is not the family's any more revokes nothing. */
export const revokeLua = `${family}
if call('HEXISTS', NAME, 't'..ARGV[2]) == 0 then return 0 end
call('UNLINK', NAME)
return call('ZREM', F..':x', ARGV[1])
`;

/** ARGV: by, window, now, ttl slack. Gives the count, and when it is reset. */
export const hitLua = `
local now, found = tonumber(ARGV[3]), redis.call('HMGET', KEYS[1], 'n', 'at')
local at = tonumber(found[2] or nil)
if not at or at <= now then
  local reset = string.format('%.0f', now + tonumber(ARGV[2]))
  redis.call('HSET', KEYS[1], 'n', ARGV[1], 'at', reset)
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', tonumber(ARGV[2]) + tonumber(ARGV[4])))
  return { tonumber(ARGV[1]), reset }
end
return { redis.call('HINCRBY', KEYS[1], 'n', ARGV[1]), found[2] }
`;
