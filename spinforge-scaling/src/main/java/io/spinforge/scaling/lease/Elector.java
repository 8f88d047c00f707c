package io.spinforge.scaling.lease;

import io.spinforge.scaling.lease.Register.Row;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The election of {@link LeaderLease} over a {@link Register}.
 *
 * <p>Why two never act at once, as far as clocks are steady: a holder acts until 10 s after it sent
 * its last renewal that went through, so until 10 s after that was written at the latest. Another
 * one takes over no sooner than 15 s after it first read that record or a later one, which is not
 * before it was written.
 */
final class Elector implements LeaderLease {
  /**
   * Lengths of time; Kubernetes' defaults are 15, 10 and 2 s.
   *
   * @param duration unchanged for so long, a record can be taken
   * @param deadline not renewed for so long, the holder stops to act; less than the duration
   * @param pause between two tries
   */
  record Times(Duration duration, Duration deadline, Duration pause) {
    static final Times STANDARD =
        new Times(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));
  }

  private record Held(long token, long until) {}

  private final Register register;
  private final Times times;
  private final LongSupplier ticker;
  private final String me;

  /** Guards the register and what was seen of it; held while that answers. */
  private final ReentrantLock trying = new ReentrantLock();

  // Written by whoever holds the lock, read by ticks that must not wait: plain volatile.
  private volatile @Nullable Held held;

  private @Nullable Row seen;
  private long seenAt;
  private long token = -1;
  private long highest;

  Elector(Register register) {
    this(register, Times.STANDARD, System::nanoTime);
  }

  Elector(Register register, Times times, LongSupplier ticker) {
    this.register = register;
    this.times = times;
    this.ticker = ticker;
    me = ProcessHandle.current().pid() + "-" + UUID.randomUUID();
  }

  @Override
  public OptionalLong fence() {
    Held now = held;
    return now != null && ticker.getAsLong() - now.until() < 0
        ? OptionalLong.of(now.token())
        : OptionalLong.empty();
  }

  @Override
  public Duration pause() {
    return times.pause();
  }

  @Override
  public void renew() throws Exception {
    trying.lockInterruptibly();
    try {
      long sent = ticker.getAsLong();
      Row row = checked(register.renew(me, token));
      if (row.holder().equals(me) && row.token() != token) {
        // Taken by a try whose answer was lost, nobody knows when: only a renewal has a time.
        token = row.token();
        row = checked(register.renew(me, token));
      }
      if (!mine(row, sent) && takeable(row)) {
        mine(checked(register.take(me, row, highest)), sent);
      }
    } finally {
      trying.unlock();
    }
  }

  private static Row checked(Row row) {
    String flaw = Register.flaw(row);
    if (flaw != null) {
      throw new IllegalStateException(flaw);
    }
    return row;
  }

  /** Takes note of a record; returns whether it says that this one holds the lease. */
  private boolean mine(Row row, long sent) {
    highest = Math.max(highest, row.token());
    if (!row.equals(seen)) {
      // What was there and is not any more was lost: it has to be waited for as if it were held.
      // The first look that finds nothing need not wait.
      boolean first = seen == null;
      seen = row;
      seenAt =
          first && row.equals(Row.NONE)
              ? ticker.getAsLong() - times.duration().toNanos()
              : ticker.getAsLong();
    }
    if (row.holder().equals(me)) {
      token = row.token();
      held = new Held(token, sent + times.deadline().toNanos());
      return true;
    }
    if (!row.equals(Row.NONE)) {
      held = null;
      token = -1;
    }
    return false;
  }

  private boolean takeable(Row row) {
    boolean given = row.free() && !row.equals(Row.NONE);
    boolean lostByMe = row.equals(Row.NONE) && fence().isPresent();
    boolean over = ticker.getAsLong() - seenAt >= times.duration().toNanos();
    return given || lostByMe || over;
  }

  @Override
  public void release() throws Exception {
    trying.lockInterruptibly();
    try {
      held = null;
      token = -1;
      Row last = seen;
      seen = null;
      if (last != null && last.holder().equals(me)) {
        register.free(last);
      }
    } finally {
      register.close();
      trying.unlock();
    }
  }

  @Override
  public String toString() {
    return "lease of " + me + " in " + register;
  }
}
