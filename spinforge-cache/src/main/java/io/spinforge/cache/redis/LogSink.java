package io.spinforge.cache.redis;

import java.time.Duration;
import java.util.List;

/** Hears what the logs tell. Called on the log's thread; must not block. */
public interface LogSink {
  /** Keys were invalidated, by this node ({@code own}) or another. */
  void invalidated(int partition, List<String> keys, long sequence, boolean own);

  /** Records of a partition may have been missed: nothing read before may be believed. */
  void reset(int partition);

  /** Nothing was missed up to a moment; memory may be believed until {@code nanos}. */
  void liveUntil(int partition, long nanos);

  /** A log's connection was lost: wake-ups may be late. */
  void lost();

  /** A key that somebody waits for was loaded. */
  void woken(String key);

  /** An own record came back {@code lag} after it was sent. */
  void lag(Duration lag);
}
