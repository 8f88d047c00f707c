package io.spinforge.cache.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connection for commands, behind the breaker: waits for an answer no longer than the command
 * timeout, and tells "no answer" by null, never by an exception. Thread-safe.
 */
final class Channel {
  private static final int PROBES_BEFORE_NEW_CONNECTION = 5;

  final LongAdder requests = new LongAdder();
  final LongAdder failures = new LongAdder();
  final LongAdder rejected = new LongAdder();

  private final Link link;
  private final Keys keys;
  private final Backlog backlog;
  private final Breaker breaker;
  private final long timeoutNanos;
  private final LongSupplier ticker;
  private final Runnable onOpened;

  // Replaced by the recovery thread only; volatile so that callers see the new one.
  private volatile @Nullable CommandConnection commands;
  private volatile boolean closed; // written by close(), read by the recovery thread
  private int failedProbes; // of the recovery thread

  Channel(
      Link link,
      Keys keys,
      Backlog backlog,
      Breaker breaker,
      long timeoutNanos,
      LongSupplier ticker,
      Runnable onOpened) {
    this.link = link;
    this.keys = keys;
    this.backlog = backlog;
    this.breaker = breaker;
    this.timeoutNanos = timeoutNanos;
    this.ticker = ticker;
    this.onOpened = onOpened;
  }

  /**
   * Calls a script if the breaker lets it.
   *
   * @param late gets an answer that nobody waited for any more
   */
  @Nullable List<Object> call(
      Script script, byte[][] scriptKeys, byte[][] args, Consumer<List<Object>> late) {
    CommandConnection now = commands;
    if (now == null || !breaker.isClosed()) {
      rejected.increment();
      return null;
    }
    List<Object> reply = send(now, script, scriptKeys, args, late);
    if (reply != null) {
      breaker.succeeded();
    } else if (!Thread.currentThread().isInterrupted() // that says nothing about Redis
        && (!now.isOpen() || breaker.failed())) {
      open();
    }
    return reply;
  }

  /**
   * Calls scripts if the breaker lets it, all of them before the first answer is waited for;
   * returns the answers in their order, null where there is none. Takes the command timeout at
   * most, however many they are.
   */
  List<@Nullable List<Object>> callAll(List<Invocation> all) {
    List<@Nullable List<Object>> replies = new ArrayList<>();
    CommandConnection now = commands;
    if (now == null || !breaker.isClosed() || !now.isOpen()) {
      rejected.add(all.size());
      all.forEach(none -> replies.add(null));
      return replies;
    }
    requests.add(all.size());
    List<CompletableFuture<List<Object>>> answers = new ArrayList<>();
    for (Invocation one : all) {
      answers.add(sent(now, one));
    }
    awaitTogether(answers);
    boolean failed = false;
    for (int i = 0; i < all.size(); i++) {
      CompletableFuture<List<Object>> answer = answers.get(i);
      boolean good = answer.isDone() && !answer.isCompletedExceptionally();
      replies.add(good ? answer.join() : null);
      if (!good) {
        failures.increment();
        failed = true;
        var unused = answer.thenAccept(all.get(i).late());
      }
    }
    if (!failed) {
      breaker.succeeded();
    } else if (!Thread.currentThread().isInterrupted() && (!now.isOpen() || breaker.failed())) {
      open();
    }
    return replies;
  }

  private static CompletableFuture<List<Object>> sent(CommandConnection now, Invocation one) {
    try {
      return now.call(one.script(), one.keys(), one.args());
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Waits until each has ended, for the command timeout at most for all of them. */
  private void awaitTogether(List<CompletableFuture<List<Object>>> answers) {
    long end = ticker.getAsLong() + timeoutNanos;
    for (CompletableFuture<List<Object>> answer : answers) {
      try {
        answer.get(Math.max(0, end - ticker.getAsLong()), TimeUnit.NANOSECONDS);
      } catch (ExecutionException | TimeoutException e) {
        // it tells for itself
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Goes through the keys, a part at a time, if the breaker lets it; null if that fails. */
  CommandConnection.@Nullable Page scan(@Nullable Object from, byte[] pattern, int count) {
    CommandConnection now = commands;
    if (now == null || !breaker.isClosed() || !now.isOpen()) {
      return null;
    }
    requests.increment();
    try {
      return now.scan(from, pattern, count).get(timeoutNanos, TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException | RuntimeException e) {
      failures.increment(); // nobody waits for this, so it says nothing to the breaker
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return null;
  }

  /** Calls a script if the breaker lets it, and does not wait for its answer. */
  void tell(Script script, byte[][] scriptKeys, byte[][] args) {
    CommandConnection now = commands;
    if (now != null && breaker.isClosed() && now.isOpen()) {
      requests.increment();
      try {
        var unused = now.call(script, scriptKeys, args);
      } catch (RuntimeException e) {
        failures.increment();
      }
    }
  }

  /** Calls a script although the breaker is not closed: for the recovery. */
  @Nullable List<Object> callWhileAway(Script script, byte[][] scriptKeys, byte[][] args) {
    CommandConnection now = commands;
    return now == null ? null : send(now, script, scriptKeys, args, late -> {});
  }

  /** Tells whether the breaker lets calls through. */
  boolean isUp() {
    return breaker.isClosed();
  }

  /** Opens the breaker. */
  void open() {
    backlog.open();
    onOpened.run();
  }

  /** Connects where that is needed and asks every partition for a sign of life; blocks. */
  boolean probe() {
    CommandConnection now = commands;
    if (now == null || !now.isOpen() || failedProbes >= PROBES_BEFORE_NEW_CONNECTION) {
      failedProbes = 0;
      if (now != null) {
        commands = null; // connecting may fail, and one connection is not closed twice
        abandon(now);
      }
      now = link.connect();
      commands = now;
      if (closed) { // meanwhile; nobody else will close it
        abandon(now);
        return false;
      }
    }
    failedProbes++;
    ServerInfo.parse(await(now.info())).requireSupported();
    requireSamePartitions(now);
    for (int[] group : link.groups(keys.logs())) {
      byte[][] names = new byte[2 * group.length][];
      for (int i = 0; i < group.length; i++) {
        names[2 * i] = keys.state(group[i]);
        names[2 * i + 1] = keys.log(group[i]);
      }
      byte[][] args = {Calls.candidate()};
      if (callWhileAway(Script.CHECK, names, args) == null) {
        return false;
      }
    }
    failedProbes = 0;
    return true;
  }

  CompletableFuture<Void> close() {
    closed = true;
    CommandConnection now = commands;
    return now == null ? CompletableFuture.completedFuture(null) : now.close();
  }

  private static void abandon(CommandConnection commands) {
    var unused = commands.close();
  }

  private void requireSamePartitions(CommandConnection now) {
    byte[] mine = Keys.bytes(Integer.toString(keys.partitions()));
    byte[] agreed = await(now.agree(keys.partitionCount(), mine));
    if (agreed != null && !Keys.text(agreed).equals(Keys.text(mine))) {
      throw new UnsuitableRedisException(
          "partitions: "
              + keys.partitions()
              + " (expected: "
              + Keys.text(agreed)
              + ", which the nodes before used; see the key "
              + Keys.text(keys.partitionCount())
              + ")");
    }
  }

  /**
   * A script to be called.
   *
   * @param late gets an answer that nobody waited for any more
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  record Invocation(Script script, byte[][] keys, byte[][] args, Consumer<List<Object>> late) {}

  private @Nullable List<Object> send(
      CommandConnection now,
      Script script,
      byte[][] scriptKeys,
      byte[][] args,
      Consumer<List<Object>> late) {
    requests.increment();
    if (now.isOpen()) {
      try {
        return patiently(now.call(script, scriptKeys, args), late);
      } catch (ExecutionException | RuntimeException e) {
        // an outcome: counted below, logged by the recovery once the breaker opens
      }
    }
    failures.increment();
    return null;
  }

  private @Nullable List<Object> patiently(
      CompletableFuture<List<Object>> answer, Consumer<List<Object>> late)
      throws ExecutionException {
    try {
      return answer.get(timeoutNanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      var unused = answer.thenAccept(late);
      throw new ExecutionException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      var unused = answer.thenAccept(late);
      throw new ExecutionException(e);
    }
  }

  private <T extends @Nullable Object> T await(Future<T> answer) {
    try {
      return answer.get(timeoutNanos, TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("redis does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
