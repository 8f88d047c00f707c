package io.spinforge.balance.limit;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import io.spinforge.balance.guard.Background;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A rate limiter whose windows are in Redis: one script, one trip, by Redis' clock. What this
 * instance allowed is also counted in memory, so that its local share is not fresh when Redis goes
 * away. While Redis is away each instance allows its part of the limit; together they may then
 * allow, once, what they had used unevenly before: at most twice the limit in the window in which
 * Redis went, or came back.
 */
final class SharedRateLimiter implements RateLimiter {
  private static final Duration TIMEOUT = Duration.ofMillis(100);
  private static final long BEAT = Duration.ofSeconds(10).toNanos();
  private static final String LIFE_MILLIS = "30000";

  /** As {@link SlidingWindow}, in a hash of slices: 1 if allowed, how many, when one leaves. */
  private static final String COUNT =
      """
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)
      local limit, slice = tonumber(ARGV[1]), tonumber(ARGV[2])
      local newest = math.floor(now / slice)
      local sum, oldest, gone = 0, newest, {}
      local slices = redis.call('HGETALL', KEYS[1])
      for i = 1, #slices, 2 do
        local at = tonumber(slices[i])
        if at < newest - 30 then
          gone[#gone + 1] = slices[i]
        else
          sum = sum + tonumber(slices[i + 1])
          oldest = math.min(oldest, at)
        end
      end
      if #gone > 0 then
        redis.call('HDEL', KEYS[1], unpack(gone))
      end
      local allowed = 0
      if sum < limit then
        allowed, sum = 1, sum + 1
        redis.call('HINCRBY', KEYS[1], string.format('%.0f', newest), 1)
        redis.call('PEXPIRE', KEYS[1], 31 * slice)
      end
      return {allowed, sum, (oldest + 31) * slice - now}
      """;

  /** Notes that an instance lives, and returns how many do. */
  private static final String LIVE =
      """
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)
      redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
      redis.call('ZADD', KEYS[1], now, ARGV[1])
      redis.call('PEXPIRE', KEYS[1], ARGV[2])
      return {redis.call('ZCARD', KEYS[1])}
      """;

  /** Forgets an instance. */
  private static final String LEAVE = "return {redis.call('ZREM', KEYS[1], ARGV[1])}";

  private final LocalRateLimiter local;
  private final RedisLink link;
  private final String name;
  private final int limit;
  private final Duration window;
  private final String slice;
  private final String prefix;
  private final long timeout;
  private final boolean counted;
  private final LongSupplier ticker;
  private final String id = UUID.randomUUID().toString();

  /** Known instances; a hint, so a volatile will do. */
  private volatile int instances;

  private final AtomicLong beatAt;
  private final LongAdder allowed = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder locals = new LongAdder();

  SharedRateLimiter(RateLimiterBuilder with, LocalRateLimiter local, Supplier<RedisLine> opener) {
    this.local = local;
    name = requireNonNullElse(with.name, "default");
    limit = requireNonNullElse(with.limit, 100);
    window = with.window;
    long slices = SlidingWindow.SLICES;
    slice = String.valueOf((window.toMillis() + slices - 1) / slices);
    prefix = requireNonNullElse(with.prefix, "spinforge:rate:") + name;
    timeout = requireNonNullElse(with.timeout, TIMEOUT).toNanos();
    counted = with.instances == null;
    instances = requireNonNullElse(with.instances, 1);
    ticker = requireNonNullElse(with.ticker, System::nanoTime);
    beatAt = new AtomicLong(ticker.getAsLong());
    link = new RedisLink(name, opener, ticker);
  }

  @Override
  public CompletableFuture<RateDecision> acquireAsync(String key) {
    requireNonNull(key, "key");
    CompletableFuture<RedisLine> line = link.line();
    Question question = new Question(key);
    if (line.isCompletedExceptionally()) {
      question.decideLocally();
      return question.answer;
    }
    question.ask(line);
    return question.answer;
  }

  @Override
  public RateDecision acquire(String key) {
    CompletableFuture<RateDecision> answer = acquireAsync(key);
    try {
      return answer.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return decideLocally(key);
    } catch (ExecutionException e) {
      throw new IllegalStateException("an answer never fails", e);
    }
  }

  @Override
  public boolean tryAcquire(String key) {
    return acquire(key).allowed();
  }

  private RateDecision decideLocally(String key) {
    locals.increment();
    RateDecision decision = local.acquire(key, Math.max(1, limit / Math.max(1, instances)));
    count(decision.allowed());
    return decision;
  }

  private void count(boolean ok) {
    (ok ? allowed : refused).increment();
  }

  /** Tells Redis of this instance, if that is due, and learns how many there are. */
  private void beat(RedisLine line) {
    long due = beatAt.get();
    long now = ticker.getAsLong();
    if (!counted || now - due < 0 || !beatAt.compareAndSet(due, now + BEAT)) {
      return;
    }
    CompletableFuture<Void> unused =
        line.run(LIVE, prefix + ":instances", id, LIFE_MILLIS)
            .thenAccept(reply -> instances = Math.max(1, Math.toIntExact(reply.get(0))));
  }

  @Override
  public Stats stats() {
    Stats memory = local.stats();
    return new Stats(
        allowed.sum(),
        refused.sum(),
        memory.keys(),
        memory.forgotten(),
        locals.sum(),
        instances,
        link.away());
  }

  @Override
  public void close() {
    RedisLine line = link.openLine();
    if (line == null || !counted) {
      link.close();
      return;
    }
    CompletableFuture<List<Long>> unused =
        line.run(LEAVE, prefix + ":instances", id)
            .orTimeout(1, TimeUnit.SECONDS)
            .whenComplete((reply, failure) -> link.close());
  }

  @Override
  public String toString() {
    return local + " shared as " + prefix;
  }

  /** One request: answered by Redis or, if that takes too long, by the local share; once. */
  private final class Question {
    final CompletableFuture<RateDecision> answer = new CompletableFuture<>();
    private final String key;
    private final AtomicBoolean decided = new AtomicBoolean();

    /** What was sent, to be taken back when its time is over. */
    private volatile @Nullable CompletableFuture<List<Long>> sent;

    Question(String key) {
      this.key = key;
    }

    void ask(CompletableFuture<RedisLine> line) {
      Future<?> timer = Background.timer().schedule(this::tooLate, timeout, TimeUnit.NANOSECONDS);
      CompletableFuture<RateDecision> unused =
          answer.whenComplete((decision, failure) -> timer.cancel(false));
      CompletableFuture<RedisLine> asked =
          line.whenComplete(
              (open, failure) -> {
                if (open == null) {
                  decideLocally();
                } else if (!decided.get()) {
                  send(open);
                }
              });
      assert asked != null;
    }

    private void send(RedisLine line) {
      beat(line);
      CompletableFuture<List<Long>> reply =
          line.run(COUNT, prefix + ":of:" + key, String.valueOf(limit), slice);
      sent = reply;
      CompletableFuture<List<Long>> unused =
          reply.whenComplete(
              (values, failure) -> {
                if (values != null) {
                  link.answered();
                  decide(values);
                } else if (decided.get()) {
                  return; // taken back
                } else {
                  link.failed(requireNonNull(failure));
                  decideLocally();
                }
              });
    }

    private void decide(List<Long> values) {
      if (!decided.compareAndSet(false, true)) {
        return; // it came too late, and counts twice: once more than it should, never less
      }
      boolean ok = values.get(0) == 1;
      long used = values.get(1);
      Duration reset = Duration.ofMillis(Math.max(0, values.get(2)));
      count(ok);
      if (ok) {
        local.note(key);
      }
      long remaining = Math.max(0, limit - used);
      answer.complete(new RateDecision(ok, name, limit, window, remaining, reset, true));
    }

    void decideLocally() {
      if (decided.compareAndSet(false, true)) {
        answer.complete(SharedRateLimiter.this.decideLocally(key));
      }
    }

    private void tooLate() {
      if (decided.compareAndSet(false, true)) {
        link.failed(new TimeoutException("no answer in " + Duration.ofNanos(timeout)));
        CompletableFuture<List<Long>> pending = sent;
        if (pending != null) {
          pending.cancel(false);
        }
        answer.complete(SharedRateLimiter.this.decideLocally(key));
      }
    }
  }
}
