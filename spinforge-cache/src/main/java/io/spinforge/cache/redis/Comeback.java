package io.spinforge.cache.redis;

import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;

/**
 * What the {@link Recovery} does at each try: asks all that is away for a sign of life, and of what
 * gives one replays the backlog and closes the breaker. Runs on the recovery's thread only.
 */
final class Comeback implements Recovery.Attempt {
  private final Shards shards;
  private final Backlog backlog;
  private final Channel channel;
  private final Requests requests;
  private final LogSink sink;
  private final ToLongFunction<List<Object>> comparable;
  private final LongAdder replayed;

  /**
   * Creates one.
   *
   * @param comparable returns the sequence of a reply of CONTROL, or 0 if it cannot be compared
   */
  Comeback(
      Shards shards,
      Backlog backlog,
      Channel channel,
      Requests requests,
      LogSink sink,
      ToLongFunction<List<Object>> comparable,
      LongAdder replayed) {
    this.shards = shards;
    this.backlog = backlog;
    this.channel = channel;
    this.requests = requests;
    this.sink = sink;
    this.comparable = comparable;
    this.replayed = replayed;
  }

  @Override
  public boolean succeeds() {
    BitSet away = shards.away();
    backlog.halfOpen(away);
    boolean all = false;
    try {
      BitSet alive = channel.probe(away);
      if (alive.get(shards.control())) { // first: without it nothing is read anywhere
        back(shards.control(), away);
      }
      alive.stream().filter(shard -> shard != shards.control()).forEach(s -> back(s, away));
      all = away.isEmpty();
      return all;
    } finally {
      if (all) {
        sink.replayed();
      } else {
        backlog.open(away);
      }
    }
  }

  @Override
  public boolean isNeeded() {
    return !shards.isAllClosed();
  }

  /** Replays what is queued for a shard, and takes it out of those that are away. */
  private void back(int shard, BitSet away) {
    while (!backlog.closeIfEmpty(shard)) {
      Backlog.Batch batch = backlog.take(shard);
      if (!batch.isEmpty() && !replay(batch)) {
        backlog.giveBack(batch);
        return;
      }
    }
    away.clear(shard);
  }

  private boolean replay(Backlog.Batch batch) {
    Control control = batch.control();
    if (control != null) {
      return replay(control);
    }
    if (batch.clear()) {
      boolean done = channel.callWhileAway(requests.clear(batch.partition())) != null;
      return told(done, List.of());
    }
    List<String> group = batch.keys();
    long held = group.stream().mapToLong(sink::heldMillis).max().orElse(0);
    boolean done =
        channel.callWhileAway(requests.invalidate(batch.partition(), group, held)) != null;
    if (done) {
      replayed.add(group.size());
    }
    return told(done, group);
  }

  private boolean replay(Control control) {
    int generation = sink.generation();
    List<Object> reply = channel.callWhileAway(requests.control(control));
    if (reply == null) {
      return false;
    }
    sink.replayed(generation, comparable.applyAsLong(reply), control);
    replayed.increment();
    return true;
  }

  private boolean told(boolean done, List<String> group) {
    if (done) {
      sink.replayed(group);
    }
    return done;
  }
}
