package io.spinforge.cache.redis;

import java.time.Duration;
import java.util.List;

/** Hears what the logs tell. Called on the log's thread; must not block. */
public interface LogSink {
  /** Keys were invalidated, by this node ({@code own}) or another. */
  void invalidated(int partition, List<String> keys, long sequence, boolean own);

  /** Keys, which are invalidated next, must not be kept for a while. */
  void held(List<String> keys, long millis);

  /** Some keys, nobody can say which, must not be kept for a while; 0 if there are none. */
  void heldSome(long millis);

  /** Returns for how long, in milliseconds, a key must not be kept; 0 if it may. */
  long heldMillis(String key);

  /** All that this node had queued is in Redis. */
  void replayed();

  /** Records of a partition may have been missed: nothing read before may be believed. */
  void reset(int partition);

  /**
   * Nothing of a log was missed up to a moment: as for this log, memory may be believed until
   * {@code nanos}. The control log goes by the number after the partitions'.
   */
  void liveUntil(int partition, long nanos);

  /** What was proven of a partition's log counts no more: memory is not believed until the next. */
  void unproven(int partition);

  /**
   * Something was invalidated by tag, pattern or clear: the control log's next record.
   *
   * @param own whether this node did it
   * @param news whether it happened since this node reads the log; not one of those that it finds
   *     there when it begins
   */
  void controlled(long sequence, Control control, boolean own, boolean news);

  /**
   * What this node did while Redis was away is there now.
   *
   * @param generation that of {@link #generation()} before Redis was asked
   * @param sequence 0 if it cannot be compared with those of the log
   */
  void replayed(int generation, long sequence, Control control);

  /**
   * Keys that this node invalidated while Redis was away are invalidated there now; none stands for
   * all. Called on the recovery's thread.
   */
  void replayed(List<String> keys);

  /**
   * Returns the sequence of the newest record of the control log that bans; -1 if none is known.
   */
  long lastBanned();

  /**
   * Judges an entry that lies in Redis.
   *
   * @param start its first bytes
   * @return how many of them show that a record of the control log condemns it; 0 if none does
   */
  int condemned(String key, byte[] start);

  /** Returns a number that changes whenever records of the control log may have been missed. */
  int generation();

  /** Records of the control log may have been missed, and none is known until further notice. */
  void controlReset();

  /** Every record of the control log after {@code sequence} will be told. */
  void controlKnownAfter(long sequence);

  /** A log's connection was lost: wake-ups may be late. */
  void lost();

  /** A key that somebody waits for was loaded. */
  void woken(String key);

  /** An own record came back {@code lag} after it was sent. */
  void lag(Duration lag);
}
