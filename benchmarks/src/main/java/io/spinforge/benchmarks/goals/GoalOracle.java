package io.spinforge.benchmarks.goals;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The slow and obvious judge: it remembers every request and goes through all of them for each
 * question. A window of n slots reaches back to the begin of the slot n - 1 before the current one.
 */
final class GoalOracle {
  private static final long SECOND = 1_000_000_000;
  private static final int LEAST = 100;

  /** One request. */
  private record Seen(long at, long nanos, boolean error) {}

  private final List<Seen> all = new ArrayList<>();

  void see(long at, long nanos, boolean error) {
    all.add(new Seen(at, nanos, error));
  }

  /** Which requests spend a budget: errors, or those from a latency on. */
  interface Spends {
    boolean is(long nanos, boolean error);
  }

  private long[] counts(long now, long slotNanos, long slots, Spends spends) {
    long first = now / slotNanos - slots + 1;
    long total = 0;
    long spent = 0;
    for (Seen seen : all) {
      if (seen.at / slotNanos >= first) {
        total++;
        spent += spends.is(seen.nanos, seen.error) ? 1 : 0;
      }
    }
    return new long[] {total, spent};
  }

  /** Returns OK, TICKET, PAGE or INSUFFICIENT_DATA. */
  String burn(long now, BigDecimal budget, Spends spends) {
    long[] m5 = counts(now, SECOND, 300, spends);
    long[] m30 = counts(now, SECOND, 1_800, spends);
    long[] h1 = counts(now, SECOND, 3_600, spends);
    long[] h2 = counts(now, 30 * SECOND, 240, spends);
    long[] h6 = counts(now, 30 * SECOND, 720, spends);
    long[] d1 = counts(now, 300 * SECOND, 288, spends);
    long[] d3 = counts(now, 300 * SECOND, 864, spends);
    if (sounds("14.4", budget, h1, m5) || sounds("6", budget, h6, m30)) {
      return "PAGE";
    }
    if (sounds("3", budget, d1, h2) || sounds("1", budget, d3, h6)) {
      return "TICKET";
    }
    return d3[0] < LEAST ? "INSUFFICIENT_DATA" : "OK";
  }

  private static boolean sounds(String factor, BigDecimal budget, long[] longer, long[] shorter) {
    BigDecimal rate = new BigDecimal(factor).multiply(budget);
    return longer[0] >= LEAST && exceeds(rate, longer) && exceeds(rate, shorter);
  }

  private static boolean exceeds(BigDecimal rate, long[] counts) {
    return BigDecimal.valueOf(counts[1]).compareTo(rate.multiply(BigDecimal.valueOf(counts[0])))
        > 0;
  }

  /** Returns the share of the budget that is left, or NaN. */
  double remaining(long now, BigDecimal budget, Spends spends) {
    long[] d30 = counts(now, 3_600 * SECOND, 720, spends);
    return d30[0] < LEAST ? Double.NaN : 1 - (double) d30[1] / d30[0] / budget.doubleValue();
  }

  /** Returns the level of a percentile by nearest rank. */
  String percentile(long now, long windowNanos, double percent, long target, long critical) {
    long[] sorted = window(now, windowNanos).mapToLong(Seen::nanos).sorted().toArray();
    if (sorted.length < LEAST) {
      return "INSUFFICIENT_DATA";
    }
    long value = sorted[(int) Math.ceil(percent * sorted.length / 100) - 1];
    return value < target ? "OK" : value < critical ? "WARN" : "CRITICAL";
  }

  /** Returns the level of the error rate. */
  String errors(long now, long windowNanos, BigDecimal target, BigDecimal critical) {
    List<Seen> seen = window(now, windowNanos).toList();
    if (seen.size() < LEAST) {
      return "INSUFFICIENT_DATA";
    }
    BigDecimal requests = BigDecimal.valueOf(seen.size());
    BigDecimal failed = BigDecimal.valueOf(seen.stream().filter(Seen::error).count());
    return failed.compareTo(target.multiply(requests)) < 0
        ? "OK"
        : failed.compareTo(critical.multiply(requests)) < 0 ? "WARN" : "CRITICAL";
  }

  private Stream<Seen> window(long now, long windowNanos) {
    long slot = windowNanos / 30;
    long first = now / slot - 29;
    return all.stream().filter(seen -> seen.at / slot >= first);
  }

  int requests() {
    return all.size();
  }
}
