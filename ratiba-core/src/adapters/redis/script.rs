//! What has to happen in one step, as scripts that the server runs. Each touches keys of one hash tag only.

use std::sync::LazyLock;

use redis::Script;

/// Takes a lease, or says how long it is kept at most and notes that somebody waits.
///
/// Keys: lease, fence, waiting. Arguments: the lease's milliseconds, the fence's, the waiter's (0: nobody waits). Gives the fence (0: kept)
/// and for how many milliseconds it is kept. A fence is the server's time in microseconds, or one more than the last where that is larger,
/// so that it grows also after everything was forgotten. Numbers of this size are exact in Lua (below 2^53) until the year 2255.
pub(super) static ACQUIRE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
local kept = redis.call('PTTL', KEYS[1])
if kept >= 0 then
  if tonumber(ARGV[3]) > 0 then redis.call('SET', KEYS[3], '1', 'PX', ARGV[3]) end
  return {'0', math.max(kept, 1)}
end
local time = redis.call('TIME')
local fence = tonumber(time[1]) * 1000000 + tonumber(time[2])
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
if fence <= last then fence = last + 1 end
local text = string.format('%.0f', fence)
redis.call('SET', KEYS[1], text, 'PX', ARGV[1])
redis.call('SET', KEYS[2], text, 'PX', ARGV[2])
return {text, 0}",
    )
});

/// Gives a lease back if it is still that one, and tells who waits.
///
/// Keys: lease, waiting. Arguments: the fence, the channel, the lane's name.
pub(super) static RELEASE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
if redis.call('DEL', KEYS[2]) == 1 then redis.call('PUBLISH', ARGV[2], ARGV[3]) end
return 1",
    )
});

/// Counts a use. Key: the counter. Argument: the window's milliseconds, which begin with its first use.
pub(super) static COUNT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
local uses = redis.call('INCR', KEYS[1])
if uses == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return uses",
    )
});

/// Takes all claims or none.
///
/// Keys: one set of claims for each. Arguments: the holder, the milliseconds that claims last, then start and end (seconds) of each. A member
/// of a set is `start:end:holder`, its score the moment at which it lapses.
pub(super) static HOLD: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local ttl = tonumber(ARGV[2])
for i = 1, #KEYS do
  redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now)
  local from, to = tonumber(ARGV[1 + 2 * i]), tonumber(ARGV[2 + 2 * i])
  for _, member in ipairs(redis.call('ZRANGE', KEYS[i], 0, -1)) do
    local start, stop, holder = string.match(member, '^(%-?%d+):(%-?%d+):(.+)$')
    if holder ~= ARGV[1] and tonumber(start) < to and from < tonumber(stop) then return 0 end
  end
end
for i = 1, #KEYS do
  local member = ARGV[1 + 2 * i] .. ':' .. ARGV[2 + 2 * i] .. ':' .. ARGV[1]
  redis.call('ZADD', KEYS[i], now + ttl, member)
  if redis.call('PTTL', KEYS[i]) < ttl then redis.call('PEXPIRE', KEYS[i], ttl) end
end
return 1",
    )
});

/// Gives claims back; another holder's stay, because the holder is part of what is compared. Keys and arguments as for [`HOLD`], without the
/// milliseconds.
pub(super) static UNHOLD: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
for i = 1, #KEYS do
  redis.call('ZREM', KEYS[i], ARGV[2 * i] .. ':' .. ARGV[1 + 2 * i] .. ':' .. ARGV[1])
end
return 1",
    )
});
