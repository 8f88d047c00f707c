package io.spinforge.balance.pick;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What {@link Adaptive} knows of one member. Thread-safe, lock-free. */
final class AdaptiveNode extends EwmaNode {
  private static final long TAU = TimeUnit.SECONDS.toNanos(3);
  private static final long FIRST_PROBE = TimeUnit.SECONDS.toNanos(1);
  private static final long LAST_PROBE = TimeUnit.SECONDS.toNanos(16);
  private static final VarHandle PERCENTILE;

  static {
    try {
      PERCENTILE =
          MethodHandles.lookup().findVarHandle(AdaptiveNode.class, "percentile", double.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The pace of the picker that swept it last. */
  volatile Pace pace = Pace.UNKNOWN;

  /** Set by anybody who sees it late, taken back by suspension and by each sweep. */
  volatile boolean late;

  /** Whether it was late enough to count without a second time; written before late is set. */
  volatile boolean veryLate;

  /** Written by the holder of the policy's lock. */
  volatile boolean suspended;

  private final AtomicInteger changes;
  private final Starts starts = new Starts();

  /**
   * This node's frugal 99th percentile. Opaque: it stands alone, and a race loses a step, which the
   * next ones make up for.
   */
  @SuppressWarnings("unused")
  private double percentile;

  /** 1 if the last answer was late, else 0. */
  private volatile int lateAnswers;

  private volatile long suspendedAt;
  private volatile long interval;

  /** Set by a probe that was in time. */
  private volatile boolean proven;

  /** When the next probe is due; moved on by whoever sends it. */
  private final AtomicLong probeAt = new AtomicLong();

  /** Creates it with the count to raise when somebody is to be suspended, or is no longer. */
  AdaptiveNode(AtomicInteger changes) {
    super(TAU);
    this.changes = changes;
  }

  double cost(long now, Pace typical) {
    int inFlight = inFlight();
    double latency = average(now, typical.median());
    if (inFlight == 0) {
      return latency > 0 ? latency : typical.known() ? typical.median() : Adaptive.UNPROVEN;
    }
    double age = (double) starts.oldestAge(now);
    if (age > typical.late() && !late) {
      noticeInFlight(age, now, typical);
    }
    if (latency == 0) {
      return Adaptive.UNPROVEN + inFlight;
    }
    return Math.max(latency, age) * (inFlight + 1.0);
  }

  double percentile() {
    return (double) PERCENTILE.getOpaque(this);
  }

  /** Prepares for the next sweep. */
  void settle() {
    starts.settle();
    late = false; // there may have been no room for it: look again, but not at every pick
  }

  private void noticeInFlight(double age, long now, Pace typical) {
    boolean very = age > typical.veryLate();
    if (very || lateAnswers + starts.olderThan(typical.late(), now) >= 2) {
      notice(very);
    }
  }

  private void noticeAnswer(long took, Pace typical) {
    int before = lateAnswers;
    boolean very = took > typical.veryLate();
    lateAnswers = 1;
    if (very || before > 0) {
      notice(very);
    }
  }

  private void notice(boolean very) {
    if (!late && !suspended) {
      veryLate = very;
      late = true;
      changes.getAndIncrement();
    }
  }

  @Override
  public long begin(long now) {
    return starts.begin(now);
  }

  @Override
  public long startOf(long token) {
    return Starts.startOf(token);
  }

  @Override
  public boolean end(long token, long now, Evidence evidence) {
    if (!starts.end(token)) {
      return false;
    }
    Pace typical = pace;
    long start = Starts.startOf(token);
    long took = Math.max(1, now - start);
    switch (evidence) {
      case GOOD -> good(start, took, now, typical);
      case BAD -> bad(Math.max(took, (long) typical.percentile()), now, typical);
      case SLOW -> bad(took, now, typical);
      case NONE -> {}
    }
    return true;
  }

  private void good(long start, long took, long now, Pace typical) {
    double seen = percentile();
    double next = seen == 0 ? took : took > seen ? seen * 1.099 : seen * 0.999;
    PERCENTILE.setOpaque(this, next);
    boolean inTime = took <= typical.late();
    if (suspended && inTime && start - suspendedAt >= 0) {
      restart(took, now);
      proven = true;
      changes.getAndIncrement();
      return;
    }
    learn(took, false, now);
    if (!inTime) {
      noticeAnswer(took, typical);
    } else if (lateAnswers > 0) {
      lateAnswers = 0;
    }
  }

  private void bad(long took, long now, Pace typical) {
    learn(took, true, now);
    if (took > typical.late()) {
      noticeAnswer(took, typical);
    }
  }

  /** Suspends; the caller holds the lock. */
  void suspend(long now) {
    suspendedAt = now;
    interval = FIRST_PROBE;
    proven = false;
    probeAt.set(now + FIRST_PROBE);
    suspended = true;
    late = false;
    lateAnswers = 0;
  }

  /** Ends the suspension if a probe was in time; the caller holds the lock. */
  boolean resume() {
    if (proven) {
      suspended = false;
    }
    return proven;
  }

  /** Claims the next probe if it is due. */
  boolean startProbe(long now) {
    long due = probeAt.get();
    long next = Math.min(2 * interval, LAST_PROBE);
    if (now - due < 0 || !probeAt.compareAndSet(due, now + next)) {
      return false;
    }
    interval = next;
    return true;
  }

  @Override
  public double latency(long now) {
    return latency(now, pace);
  }

  double latency(long now, Pace typical) {
    return average(now, typical.median());
  }
}
