package io.spinforge.cache.redis;

import io.spinforge.cache.redis.CommandConnection.Page;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Takes entries out of Redis that were invalidated by tag, pattern or clear: nobody believes them,
 * but they would lie there until their time to live ends. Only memory is at stake, so it takes its
 * time: one node of the namespace at a time, by a turn that ends by itself, goes through all keys
 * with SCAN at a bounded pace, and rests afterwards for at least four times as long. It begins only
 * if something was invalidated since the last time that anybody went through.
 *
 * <p>An entry is judged by its first bytes, which tell its tags and the sequence of its load. Only
 * a record of the log that this node has applied condemns it, for good; what is merely older than
 * the records that are kept may be believed elsewhere and stays. The script that removes it
 * compares these bytes once more, so a value stored meanwhile stays too.
 */
final class Reclaimer {
  private static final int KEYS_AT_ONCE = 500;
  private static final byte[] HEAD_BYTES = Keys.bytes("511");
  private static final long TURN_MILLIS = 10_000;
  private static final int REST_FACTOR = 4;
  private static final long MINE = 1; // answers of the script
  private static final long DONE = 2;

  private final Channel channel;
  private final Keys keys;
  private final int[] groupOf; // partition to those that one script can serve
  private final Requests requests;
  private final RedisSettings settings;
  private final Execution execution;
  private final LogSink sink;
  private final CompletableFuture<Void> closing;
  private final AtomicBoolean running = new AtomicBoolean();
  private final LongAdder reclaimed = new LongAdder();

  // Written by the pass, read by the timer: a stale one costs a question.
  private volatile long swept = -1;

  Reclaimer(
      Channel channel,
      Keys keys,
      Requests requests,
      List<int[]> groups,
      RedisSettings settings,
      Execution execution,
      LogSink sink) {
    this.channel = channel;
    this.keys = keys;
    this.groupOf = new int[keys.partitions()];
    for (int g = 0; g < groups.size(); g++) {
      for (int partition : groups.get(g)) {
        groupOf[partition] = g;
      }
    }
    this.requests = requests;
    this.settings = settings;
    this.execution = execution;
    this.sink = sink;
    this.closing = execution.waits().newIncompleteFuture();
  }

  /** Looks from now on, now and then, whether there is something to do. */
  void start() {
    if (settings.reclaimPerSecond() > 0) {
      long rest = settings.reclaimRest().toNanos();
      ScheduledFuture<?> unused = // ends with the scheduler
          execution.scheduler().scheduleAtFixedRate(this::look, rest, rest, TimeUnit.NANOSECONDS);
    }
  }

  void close() {
    closing.complete(null);
  }

  /** Returns how many entries were taken out. */
  long reclaimed() {
    return reclaimed.sum();
  }

  private void look() {
    long banned = sink.lastBanned();
    if (banned >= 0 && banned != swept && channel.isAllUp() && running.compareAndSet(false, true)) {
      execution.threads().execute(this::run);
    }
  }

  private void run() {
    try {
      long target = sink.lastBanned();
      if (target >= 0) {
        pass(target);
      }
    } finally {
      running.set(false);
    }
  }

  private void pass(long target) {
    long started = execution.nanos().getAsLong();
    long turn = started;
    long answer = turn(target, "", TURN_MILLIS);
    if (answer != MINE) {
      swept = answer == DONE ? target : swept;
      return;
    }
    Page page = null;
    do {
      page = channel.scan(page == null ? null : page.next(), keys.entries(), KEYS_AT_ONCE);
      if (page == null || !reclaim(page.keys()) || !pause()) {
        return; // Redis is away, or this node is closed: the turn ends by itself
      }
      long now = execution.nanos().getAsLong();
      if (now - turn > TimeUnit.MILLISECONDS.toNanos(TURN_MILLIS / 3)) {
        turn = now;
        if (turn(target, "", TURN_MILLIS) != MINE) {
          return;
        }
      }
    } while (page.next() != null);
    long took = execution.nanos().getAsLong() - started;
    long rest = Math.max(settings.reclaimRest().toMillis(), REST_FACTOR * took / 1_000_000);
    turn(target, Long.toString(target), rest);
    swept = target;
  }

  private long turn(long target, String done, long millis) {
    List<Object> reply = channel.call(requests.turn(target, done, millis));
    return reply == null ? -1 : (Long) reply.get(0);
  }

  /** Takes out what is condemned of some keys; false if Redis is away. */
  private boolean reclaim(List<byte[]> page) {
    Map<Integer, List<Candidate>> groups = new TreeMap<>();
    for (byte[] name : page) {
      String fullKey = keys.fullKeyOf(Keys.text(name));
      if (fullKey != null) {
        groups
            .computeIfAbsent(groupOf[keys.partitionOf(fullKey)], g -> new ArrayList<>())
            .add(new Candidate(name, fullKey));
      }
    }
    List<List<Candidate>> parts = List.copyOf(groups.values());
    List<Invocation> reads = new ArrayList<>();
    for (List<Candidate> part : parts) {
      byte[][] args = {HEAD_BYTES};
      reads.add(new Invocation(Script.HEADS, logOf(part), names(part), args));
    }
    List<@Nullable List<Object>> heads = reads.isEmpty() ? List.of() : channel.callAll(reads);
    List<Invocation> removals = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      List<Object> its = heads.get(i);
      if (its == null) {
        return false;
      }
      Invocation removal = condemned(parts.get(i), its);
      if (removal != null) {
        removals.add(removal);
      }
    }
    boolean there = true;
    if (!removals.isEmpty()) {
      for (List<Object> reply : channel.callAll(removals)) {
        there &= reply != null;
        reclaimed.add(reply == null ? 0 : (Long) reply.get(0));
      }
    }
    return there;
  }

  private @Nullable Invocation condemned(List<Candidate> part, List<Object> heads) {
    List<byte[]> names = new ArrayList<>();
    List<byte[]> compared = new ArrayList<>();
    for (int i = 0; i < part.size(); i++) {
      Candidate candidate = part.get(i);
      byte[] start = (byte[]) heads.get(i);
      int length = sink.condemned(candidate.fullKey, start);
      if (length > 0) {
        names.add(candidate.name);
        compared.add(Arrays.copyOf(start, length));
      }
    }
    return names.isEmpty()
        ? null
        : new Invocation(
            Script.RECLAIM,
            logOf(part),
            names.toArray(byte[][]::new),
            compared.toArray(byte[][]::new));
  }

  /** Returns a partition of those that share a connection. */
  private int logOf(List<Candidate> part) {
    return keys.partitionOf(part.get(0).fullKey);
  }

  private static byte[][] names(List<Candidate> part) {
    return part.stream().map(candidate -> candidate.name).toArray(byte[][]::new);
  }

  /** Waits as the pace asks for; false when there is nothing more to do. */
  private boolean pause() {
    long nanos = TimeUnit.SECONDS.toNanos(1) * KEYS_AT_ONCE / settings.reclaimPerSecond();
    try {
      closing.get(nanos, TimeUnit.NANOSECONDS);
      return false;
    } catch (TimeoutException e) {
      return true;
    } catch (InterruptedException | ExecutionException e) {
      return false;
    }
  }

  /** An entry's key, as it is in Redis and as the cache knows it. */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  private record Candidate(byte[] name, String fullKey) {}
}
