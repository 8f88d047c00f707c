package io.spinforge.benchmarks.load;

import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * Percentiles of one set of times; all zero when the set is empty.
 *
 * @param count how many times were recorded
 * @param p50 the median
 * @param p95 19 of 20 were not longer
 * @param p99 99 of 100 were not longer
 * @param max the longest
 */
public record Latency(long count, Duration p50, Duration p95, Duration p99, Duration max) {

  static Latency of(Histogram nanos) {
    return new Latency(
        nanos.getTotalCount(), at(nanos, 50), at(nanos, 95), at(nanos, 99), at(nanos, 100));
  }

  private static Duration at(Histogram nanos, double percentile) {
    return Duration.ofNanos(
        nanos.getTotalCount() == 0 ? 0 : nanos.getValueAtPercentile(percentile));
  }
}
