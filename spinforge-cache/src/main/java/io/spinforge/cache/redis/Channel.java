package io.spinforge.cache.redis;

import io.lettuce.core.RedisCommandExecutionException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connection for commands, behind the breakers: waits for an answer no longer than the command
 * timeout, and tells "no answer" by null, never by an exception. Each call names the partition, or
 * the control log, that it is about. Thread-safe.
 */
final class Channel {
  private static final int PROBES_BEFORE_NEW_CONNECTION = 5;

  final LongAdder requests = new LongAdder();
  final LongAdder failures = new LongAdder();
  final LongAdder rejected = new LongAdder();

  private final Link link;
  private final Keys keys;
  private final Backlog backlog;
  private final Shards shards;
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
      Shards shards,
      long timeoutNanos,
      LongSupplier ticker,
      Runnable onOpened) {
    this.link = link;
    this.keys = keys;
    this.backlog = backlog;
    this.shards = shards;
    this.timeoutNanos = timeoutNanos;
    this.ticker = ticker;
    this.onOpened = onOpened;
  }

  /** Calls a script if its breaker lets it. */
  @Nullable List<Object> call(Invocation one) {
    CommandConnection now = commands;
    if (now == null || !shards.allows(one.script(), one.log())) {
      rejected.increment();
      return null;
    }
    boolean refused = false;
    try {
      List<Object> reply = send(now, one);
      if (reply != null) {
        shards.succeeded(one.log());
        return reply;
      }
    } catch (RedisCommandExecutionException e) {
      refused = true;
    }
    failed(now, one, refused);
    return null;
  }

  /**
   * Tells the breakers of a failure.
   *
   * @param refused whether the server answered, with an error: then the others of its partitions
   *     may be as well as ever, as when the slot of one moves to another master
   */
  private void failed(CommandConnection now, Invocation one, boolean refused) {
    if (!Thread.currentThread().isInterrupted() // that says nothing about Redis
        && (!now.isOpen() || shards.failed(one.log(), refused))) {
      backlog.open(shards.concerned(one.log(), refused));
      onOpened.run();
    }
  }

  /**
   * Calls the scripts whose breakers let it, all of them before the first answer is waited for;
   * returns the answers in their order, null where there is none. Takes the command timeout at
   * most, however many they are.
   */
  List<@Nullable List<Object>> callAll(List<Invocation> all) {
    CommandConnection now = commands;
    List<Invocation> allowed = new ArrayList<>();
    if (now != null && now.isOpen()) {
      for (Invocation one : all) {
        if (shards.allows(one.script(), one.log())) {
          allowed.add(one);
        }
      }
    }
    rejected.add(all.size() - allowed.size());
    if (now == null || allowed.isEmpty()) {
      return new ArrayList<>(Collections.nCopies(all.size(), null));
    }
    Set<Invocation> refused = new HashSet<>();
    Map<Invocation, List<Object>> replies = together(now, allowed, refused);
    judge(now, allowed, replies, refused);
    List<@Nullable List<Object>> inOrder = new ArrayList<>();
    all.forEach(one -> inOrder.add(replies.get(one)));
    return inOrder;
  }

  /**
   * Calls scripts together and returns the answers that came in time.
   *
   * @param refused gets those that the server answered with an error
   */
  private Map<Invocation, List<Object>> together(
      CommandConnection now, List<Invocation> all, Set<Invocation> refused) {
    requests.add(all.size());
    List<CompletableFuture<List<Object>>> answers = new ArrayList<>();
    for (Invocation one : all) {
      answers.add(sent(now, one));
    }
    awaitTogether(answers);
    Map<Invocation, List<Object>> replies = new HashMap<>();
    for (int i = 0; i < all.size(); i++) {
      CompletableFuture<List<Object>> answer = answers.get(i);
      if (answer.isDone() && !answer.isCompletedExceptionally()) {
        replies.put(all.get(i), answer.join());
      } else {
        failures.increment();
        var unused = answer.thenAccept(all.get(i).late());
        if (answer.isDone() && isRefusal(answer)) {
          refused.add(all.get(i));
        }
      }
    }
    return replies;
  }

  /** Tells the breakers how calls ended that were made together: a master fails once, or not. */
  private void judge(
      CommandConnection now,
      List<Invocation> all,
      Map<Invocation, List<Object>> replies,
      Set<Invocation> refused) {
    BitSet failed = new BitSet();
    for (Invocation one : all) {
      if (!replies.containsKey(one) && !failed.get(shards.of(one.log()))) {
        failed.or(shards.concerned(one.log(), refused.contains(one)));
        failed(now, one, refused.contains(one));
      }
    }
    for (Invocation one : all) {
      if (!failed.get(shards.of(one.log()))) {
        shards.succeeded(one.log());
      }
    }
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

  /** Goes through the keys, a part at a time, while no breaker is open; null if that fails. */
  CommandConnection.@Nullable Page scan(@Nullable Object from, byte[] pattern, int count) {
    CommandConnection now = commands;
    if (now == null || !shards.isAllClosed() || !now.isOpen()) {
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

  /** Tells whether no breaker is open. */
  boolean isAllUp() {
    return shards.isAllClosed();
  }

  /** Calls a script if its breaker lets it, and does not wait for its answer. */
  void tell(Invocation one) {
    CommandConnection now = commands;
    if (now != null && shards.allows(one.script(), one.log()) && now.isOpen()) {
      requests.increment();
      try {
        var unused = now.call(one.script(), one.keys(), one.args());
      } catch (RuntimeException e) {
        failures.increment();
      }
    }
  }

  /** Calls a script although its breaker is not closed: for the recovery. */
  @Nullable List<Object> callWhileAway(Invocation one) {
    CommandConnection now = commands;
    try {
      return now == null ? null : send(now, one);
    } catch (RedisCommandExecutionException e) {
      return null;
    }
  }

  /** Tells whether the breaker lets a script through. */
  boolean allows(Script script, int log) {
    return shards.allows(script, log);
  }

  /**
   * Connects where that is needed and asks every partition of the shards for a sign of life;
   * blocks.
   *
   * @return the shards that gave one
   */
  BitSet probe(BitSet away) {
    BitSet alive = new BitSet();
    CommandConnection now = away.cardinality() == shards.count() ? connected() : commands;
    if (now == null) {
      return alive;
    }
    List<Invocation> checks = new ArrayList<>();
    for (int shard : away.stream().toArray()) {
      checks.add(check(shards.logs(shard)));
    }
    Map<Invocation, List<Object>> replies = together(now, checks, new HashSet<>());
    for (Invocation check : checks) {
      alive.set(shards.of(check.log()), replies.containsKey(check));
    }
    if (!alive.isEmpty()) {
      failedProbes = 0;
    }
    return alive;
  }

  /** Returns the connection, or another one if it is of no use; null if that is not wanted. */
  private @Nullable CommandConnection connected() {
    CommandConnection now = commands;
    if (now == null || !now.isOpen() || failedProbes >= PROBES_BEFORE_NEW_CONNECTION) {
      failedProbes = 0;
      if (now != null) {
        commands = null; // connecting may fail, and one connection is not closed twice
        abandon(now);
      }
      if (closed) {
        return null;
      }
      now = link.connect();
      commands = now;
      if (closed) { // meanwhile; nobody else will close it
        abandon(now);
        return null;
      }
    }
    failedProbes++;
    ServerInfo.parse(await(now.info())).requireSupported();
    requireSamePartitions(now);
    return now;
  }

  private Invocation check(int[] logs) {
    byte[][] names = new byte[2 * logs.length][];
    for (int i = 0; i < logs.length; i++) {
      names[2 * i] = keys.state(logs[i]);
      names[2 * i + 1] = keys.log(logs[i]);
    }
    return new Invocation(Script.CHECK, logs[0], names, new byte[][] {Calls.candidate()});
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
   * Calls a script and waits for its answer; null if there is none.
   *
   * @throws RedisCommandExecutionException if the answer is an error
   */
  private @Nullable List<Object> send(CommandConnection now, Invocation one) {
    requests.increment();
    if (now.isOpen()) {
      try {
        return patiently(now.call(one.script(), one.keys(), one.args()), one.late());
      } catch (ExecutionException | RuntimeException e) {
        // an outcome: counted below, logged by the recovery once the breaker opens
        if (e.getCause() instanceof RedisCommandExecutionException refusal) {
          failures.increment();
          throw refusal;
        }
      }
    }
    failures.increment();
    return null;
  }

  private static boolean isRefusal(CompletableFuture<?> failed) {
    try {
      failed.getNow(null);
      return false;
    } catch (CompletionException e) {
      return e.getCause() instanceof RedisCommandExecutionException;
    } catch (CancellationException e) {
      return false;
    }
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
