package io.spinforge.cache.redis;

import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The breakers: one for all partitions of a standalone Redis; in a Cluster one for each partition,
 * so that a master that is away takes nobody's keys but its own with it. Failures are counted by
 * master: three in a row open the breakers of all partitions that it has at that moment. Errors
 * that it answers are counted by partition. One failure of an invalidation opens that of its
 * partition. Thread-safe; what changes a breaker holds the {@link Backlog}'s lock.
 *
 * <p>The control log decides about entries of every partition, so nothing is read from Redis while
 * its breaker is not closed.
 */
final class Shards {
  private final List<int[]> logs;
  private final int[] shardOf;
  private final Breaker[] breakers;
  private final int control;
  private final IntFunction<String> masterOf;
  private final Failures failures = new Failures();
  private final AtomicLong opened = new AtomicLong();

  /**
   * Creates breakers that are open.
   *
   * @param groups the logs that share a breaker
   * @param control the number of the control log
   * @param masterOf tells who has a log now
   */
  Shards(List<int[]> groups, int control, IntFunction<String> masterOf) {
    this.logs = List.copyOf(groups);
    this.shardOf = new int[control + 1];
    this.breakers = new Breaker[groups.size()];
    this.masterOf = masterOf;
    for (int shard = 0; shard < breakers.length; shard++) {
      breakers[shard] = new Breaker();
      for (int log : logs.get(shard)) {
        shardOf[log] = shard;
      }
    }
    this.control = shardOf[control];
  }

  /** Returns how many there are. */
  int count() {
    return breakers.length;
  }

  /** Returns the shard of a partition, or of the control log. */
  int of(int log) {
    return shardOf[log];
  }

  /** Returns the shard of the control log. */
  int control() {
    return control;
  }

  /** Returns the logs of a shard. */
  int[] logs(int shard) {
    return logs.get(shard).clone();
  }

  Breaker breaker(int shard) {
    return breakers[shard];
  }

  /** Tells whether a script may be called on a log. */
  boolean allows(Script script, int log) {
    boolean reads = script == Script.LEASE || script == Script.LEASES;
    return breakers[shardOf[log]].isClosed() && (!reads || breakers[control].isClosed());
  }

  boolean isAllClosed() {
    return away().isEmpty();
  }

  boolean isAllAway() {
    return away().cardinality() == breakers.length;
  }

  /** Returns the shards whose breaker is not closed. */
  BitSet away() {
    BitSet away = new BitSet();
    for (int shard = 0; shard < breakers.length; shard++) {
      away.set(shard, !breakers[shard].isClosed());
    }
    return away;
  }

  /** Returns one word for all: that they share, or HALF_OPEN where some are closed and some not. */
  Breaker.State state() {
    Breaker.State first = breakers[0].state();
    boolean same = IntStream.range(1, breakers.length).allMatch(i -> breakers[i].state() == first);
    if (same) {
      return first;
    }
    boolean anyClosed = IntStream.range(0, breakers.length).anyMatch(i -> breakers[i].isClosed());
    boolean anyProbed =
        IntStream.range(0, breakers.length)
            .anyMatch(i -> breakers[i].state() == Breaker.State.HALF_OPEN);
    return anyClosed || anyProbed ? Breaker.State.HALF_OPEN : Breaker.State.OPEN;
  }

  /** Returns how often some were opened that were closed. */
  long opened() {
    return opened.get();
  }

  /** Notes that the master of a log answered. */
  void succeeded(int log) {
    if (!failures.isEmpty()) {
      failures.succeeded(blamed(log, false));
      failures.succeeded(blamed(log, true));
    }
  }

  /**
   * Counts a failure of the master of a log; true if it is one too many.
   *
   * @param refused whether the master answered, with an error, so that this is the shard's alone
   */
  boolean failed(int log, boolean refused) {
    return failures.failed(blamed(log, refused));
  }

  /** Returns the shards that a failure is about: all that the master of a log has now, or one. */
  BitSet concerned(int log, boolean refused) {
    String master = masterOf.apply(log);
    BitSet sharing = new BitSet();
    sharing.set(shardOf[log]);
    for (int shard = 0; shard < breakers.length && !refused; shard++) {
      if (masterOf.apply(logs.get(shard)[0]).equals(master)) {
        sharing.set(shard);
      }
    }
    return sharing;
  }

  private String blamed(int log, boolean refused) {
    return refused && breakers.length > 1 ? "shard " + shardOf[log] : masterOf.apply(log);
  }

  /** Opens breakers, under the backlog's lock. */
  void open(BitSet which) {
    if (which.stream().anyMatch(shard -> breakers[shard].isClosed())) {
      opened.incrementAndGet();
    }
    which.stream().forEach(shard -> breakers[shard].open());
  }

  /** Closes one, under the backlog's lock. */
  void close(int shard) {
    for (int log : logs.get(shard)) {
      succeeded(log);
    }
    breakers[shard].close();
  }
}
