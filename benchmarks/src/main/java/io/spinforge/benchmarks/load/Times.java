package io.spinforge.benchmarks.load;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** A histogram in nanoseconds that any thread writes to and that can be read while it grows. */
final class Times {
  /** Two digits: percentiles within 1 %, and a histogram of some tens of kilobytes. */
  private static final int DIGITS = 2;

  private final Recorder recorder = new Recorder(DIGITS);
  private final Histogram total = new Histogram(DIGITS);

  void record(long nanos) {
    recorder.recordValue(Math.max(0, nanos));
  }

  /** Sums up what was recorded so far; nothing is reset. */
  synchronized Latency read() {
    total.add(recorder.getIntervalHistogram());
    return Latency.of(total);
  }
}
