package io.spinforge.benchmarks.load;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * A stretch of the load at one rate, from its begin until the next phase begins. A request belongs
 * to the phase in which it was due, however late its answer comes. Safe for use by several threads.
 */
public final class Phase {
  private static final long OPEN = Long.MAX_VALUE;

  private final String name;
  private final double rate;
  private final long begin;
  private final Duration allowedLateness;

  /** Length in nanoseconds; OPEN until the next phase begins. Volatile: set by the caller once. */
  private volatile long length = OPEN;

  /** Volatile: the driver's thread says it will send nothing more of this phase. */
  private volatile boolean allSent;

  private final LongAdder due = new LongAdder();
  private final LongAdder ok = new LongAdder();
  private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();
  private final Times latency = new Times();
  private final Times lateness = new Times();
  private final CompletableFuture<Void> complete = new CompletableFuture<>();

  Phase(String name, double rate, long begin, Duration allowedLateness) {
    this.name = name;
    this.rate = rate;
    this.begin = begin;
    this.allowedLateness = allowedLateness;
  }

  /** Sums up what is known now; the phase may still be running. */
  public PhaseResult result() {
    long good = ok.sum();
    Map<String, Long> failed = new TreeMap<>();
    failures.forEach((reason, count) -> failed.put(reason, count.sum()));
    // Last: what was answered was due before, so fewer are never due than answered.
    long asked = due.sum();
    return new PhaseResult(
        name, rate, asked, good, failed, latency.read(), lateness.read(), allowedLateness);
  }

  /** Returns what completes when the phase has ended and all of its requests are answered. */
  public CompletableFuture<Void> complete() {
    return complete.copy();
  }

  /** Nanoseconds from the begin to when the request is due; OPEN for never. */
  private long offsetOf(long request) {
    return rate == 0 ? OPEN : (long) (request * (1e9 / rate));
  }

  /** When the request is due on the driver's clock; only asked while {@link #contains} it. */
  long dueAt(long request) {
    return begin + offsetOf(request);
  }

  boolean contains(long request) {
    return offsetOf(request) < length;
  }

  void end(long now) {
    length = Math.max(0, now - begin);
  }

  void sending(long lateNanos) {
    due.increment();
    lateness.record(lateNanos);
  }

  void answered(Answer answer, long nanos) {
    latency.record(nanos);
    if (answer.failure() == null) {
      ok.increment();
      completeIfAnswered();
    } else {
      failed(answer.failure());
    }
  }

  void failed(String reason) {
    failures.computeIfAbsent(reason, r -> new LongAdder()).increment();
    completeIfAnswered();
  }

  void allSent() {
    allSent = true;
    completeIfAnswered();
  }

  /** Whether the phase has ended and the driver will send nothing more of it. */
  boolean isAllSent() {
    return allSent;
  }

  private void completeIfAnswered() {
    if (allSent && ok.sum() + failedSoFar() == due.sum()) {
      complete.complete(null);
    }
  }

  private long failedSoFar() {
    return failures.values().stream().mapToLong(LongAdder::sum).sum();
  }
}
