package io.spinforge.scaling.lease;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The record as a hash, changed by a script that compares all of it. Sent twice or late, the script
 * finds another record than was seen, and only reads it.
 */
final class RedisRegister implements Register {
  /**
   * Arguments: "renew", holder, token; or "free", holder, token, beat; or "take", new holder, then
   * holder, token and beat that were seen, and the least token. Numbers pass through as texts: a
   * Lua number holds 53 bits, which is enough for microseconds until 2255.
   */
  private static final String SCRIPT =
      """
      local r = redis.call('HMGET', KEYS[1], 'holder', 'token', 'beat')
      local holder, token, beat = r[1] or '', r[2] or '0', r[3] or '0'
      local op = ARGV[1]
      if op == 'renew' and holder == ARGV[2] and token == ARGV[3] then
        beat = string.format('%.0f', tonumber(beat) + 1)
        redis.call('HSET', KEYS[1], 'beat', beat)
      elseif op == 'free' and holder == ARGV[2] and token == ARGV[3] and beat == ARGV[4] then
        holder = ''
        beat = '0'
        redis.call('HSET', KEYS[1], 'holder', holder, 'beat', beat)
      elseif op == 'take' and holder == ARGV[3] and token == ARGV[4] and beat == ARGV[5] then
        local time = redis.call('TIME')
        local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
        holder = ARGV[2]
        token = string.format('%.0f', math.max(now, tonumber(token) + 1, tonumber(ARGV[6]) + 1))
        beat = '0'
        redis.call('HSET', KEYS[1], 'holder', holder, 'token', token, 'beat', beat)
      end
      return {holder, token, beat}
      """;

  private final Supplier<RedisLine> opener;
  private final String key;
  private @Nullable RedisLine line; // guarded by the elector's lock

  RedisRegister(Supplier<RedisLine> opener, String name) {
    this.opener = opener;
    key = "spinforge:lease:" + name;
  }

  @Override
  public Row renew(String me, long token) throws Exception {
    return run("renew", me, Long.toString(token));
  }

  @Override
  public Row take(String me, Row seen, long least) throws Exception {
    return run(
        "take",
        me,
        seen.holder(),
        Long.toString(seen.token()),
        Long.toString(seen.beat()),
        Long.toString(least));
  }

  @Override
  public void free(Row seen) throws Exception {
    run("free", seen.holder(), Long.toString(seen.token()), Long.toString(seen.beat()));
  }

  private Row run(String... values) throws Exception {
    RedisLine open = line;
    if (open == null || !open.isOpen()) {
      close();
      open = opener.get();
      line = open;
    }
    List<String> reply = open.run(SCRIPT, key, values);
    if (reply.size() != 3) {
      throw new IllegalStateException("reply: " + reply + " (expected: holder, token, beat)");
    }
    return new Row(reply.get(0), Long.parseLong(reply.get(1)), Long.parseLong(reply.get(2)));
  }

  @Override
  public void close() {
    RedisLine open = line;
    line = null;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public String toString() {
    return "Redis, " + key;
  }
}
