package io.spinforge.benchmarks.trials;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;

/** What a trial of cuts saw. Answers may come from any thread, the rest from one. */
final class CutReport {

  /** The cache's default bound. */
  private static final Duration MAX_STALENESS = Duration.ofSeconds(2);

  private final AtomicLong answers = new AtomicLong();
  private final AtomicLong tooStale = new AtomicLong();
  private final AtomicLong stalestNanos = new AtomicLong();
  private final AtomicLong slowestNanos = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicReference<RuntimeException> firstFailure = new AtomicReference<>();
  private final Histogram convergence = new Histogram(3);
  private final Map<Cut, Integer> cuts = new EnumMap<>(Cut.class);
  private final Map<Cut, Integer> slow = new EnumMap<>(Cut.class);
  private double leastKept = 1;
  private long kept;
  private long couldBeKept;

  void answered(Duration staleness, long tookNanos) {
    slowestNanos.accumulateAndGet(tookNanos, Math::max);
    answers.incrementAndGet();
    stalestNanos.accumulateAndGet(staleness.toNanos(), Math::max);
    if (staleness.compareTo(MAX_STALENESS) > 0) {
      tooStale.incrementAndGet();
    }
  }

  /** A read that threw, which none may: the loader always works. */
  void failed(RuntimeException e) {
    failed.incrementAndGet();
    firstFailure.compareAndSet(null, e);
  }

  void converged(Cut cut, long nanos) {
    cuts.merge(cut, 1, Integer::sum);
    convergence.recordValue(nanos / 1_000);
    if (nanos > Duration.ofMillis(100).toNanos()) {
      slow.merge(cut, 1, Integer::sum);
    }
  }

  void kept(long entries, long of) {
    kept += entries;
    couldBeKept += of;
    leastKept = Math.min(leastKept, (double) entries / of);
  }

  /**
   * Returns true when every read was answered, and none staler than the bound and {@code slack}.
   */
  boolean isKept(Duration slack) {
    return answers.get() > 0
        && failed.get() == 0
        && stalestNanos.get() <= MAX_STALENESS.plus(slack).toNanos();
  }

  /** Returns the share of unaffected memory entries that were kept over all cuts, 0 to 1. */
  double keptShare() {
    return couldBeKept == 0 ? 1 : (double) kept / couldBeKept;
  }

  List<String> lines() {
    return List.of(
        "cuts by kind           " + cuts,
        "answers judged         " + answers,
        "reads that failed      " + failed + firstFailure(),
        "slowest read           " + slowestNanos.get() / 1_000_000 + " ms",
        "staler than the bound  " + tooStale,
        "stalest answer         " + stalestNanos.get() / 1_000_000 + " ms",
        String.format(
            Locale.ROOT,
            "current after connect  p50 %.1f ms, p99 %.1f ms, max %.1f ms; over 100 ms: %s",
            convergence.getValueAtPercentile(50) / 1e3,
            convergence.getValueAtPercentile(99) / 1e3,
            convergence.getMaxValue() / 1e3,
            slow.isEmpty() ? "none" : slow),
        String.format(
            Locale.ROOT,
            "memory entries kept    %.3f %% where Redis lost nothing; least in one cut %.1f %%",
            100 * keptShare(),
            100 * leastKept));
  }

  private String firstFailure() {
    RuntimeException first = firstFailure.get();
    return first == null ? "" : ", first: " + first;
  }
}
