package io.spinforge.cache.redis;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** What the log readers count. Thread-safe. */
final class LogCounters {
  final LongAdder records = new LongAdder();
  final LongAdder resets = new LongAdder();

  // Written by the log's thread, read by whoever takes statistics: volatile to be seen.
  volatile Duration lag = Duration.ZERO;
}
