package io.spinforge.benchmarks.load;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An open-loop load driver: requests are due by a schedule, whatever became of those before.
 *
 * <p>A closed loop, in which a client asks again when it has its answer, stops asking while the
 * service stalls, so the stall is one slow request among thousands: Gil Tene's "coordinated
 * omission". Here the n-th request of a phase is due n / rate seconds after the phase began, and
 * its latency runs from that moment. If the service stalls, or the driver's own thread was held up,
 * all requests due meanwhile are sent at once and carry their wait. How late the driver itself was
 * is recorded beside it, and {@link PhaseResult#valid()} says when it was too late for the figures
 * to tell of the service.
 *
 * <p>Requests in flight are bounded: one that finds no room fails at once with the reason {@value
 * #NO_ROOM}, is not sent, and has no latency. One thread sends, sleeping between requests; answers
 * are taken on the threads that bring them. Safe for use by several threads.
 */
public final class LoadDriver implements AutoCloseable {
  /** The reason of a request that was not sent because too many were in flight. */
  public static final String NO_ROOM = "too many in flight";

  private static final Duration CLOSE_WAIT = Duration.ofSeconds(1);

  private final Target target;
  private final int maxInFlight;
  private final Duration allowedLateness;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final Queue<Phase> upcoming = new ConcurrentLinkedQueue<>();
  private final Thread thread = new Thread(this::run, "spinforge-load-driver");

  /** Volatile: set by close, read by the thread. */
  private volatile boolean closed;

  /** The phase begun last; guarded by this. */
  private @Nullable Phase last;

  /** Volatile: times since the last look, for a display; one recorded just then may be lost. */
  private volatile Times interval = new Times();

  private LoadDriver(Builder builder, Target target) {
    this.target = target;
    this.maxInFlight = builder.maxInFlight == 0 ? 1_000 : builder.maxInFlight;
    this.allowedLateness =
        builder.allowedLateness == null ? Duration.ofMillis(20) : builder.allowedLateness;
    thread.setDaemon(true);
    thread.start();
  }

  /** Returns a builder of a driver that asks the given target. */
  public static Builder of(Target target) {
    return new Builder(requireNonNull(target, "target"));
  }

  /**
   * Ends the running phase, if any, and begins the next one now.
   *
   * @param rate requests per second, 0 for silence
   */
  public synchronized Phase begin(String name, double rate) {
    if (!(rate >= 0 && rate <= 1e6)) {
      throw new IllegalArgumentException("rate: " + rate + " (expected: 0 to 1,000,000)");
    }
    if (closed) {
      throw new IllegalStateException("driver: closed (expected: open)");
    }
    long now = System.nanoTime();
    Phase next = new Phase(requireNonNull(name, "name"), rate, now, allowedLateness);
    upcoming.add(next);
    if (last != null) {
      last.end(now);
    }
    last = next;
    LockSupport.unpark(thread);
    return next;
  }

  /** Returns the latency of the requests answered since the last call, for a progress display. */
  public Latency interval() {
    Times read = interval;
    interval = new Times();
    return read.read();
  }

  /** Returns how many requests are in flight. */
  public int inFlight() {
    return inFlight.get();
  }

  /** Stops sending; answers still to come are counted. Waits at most a second for the thread. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      LockSupport.unpark(thread);
    }
    try {
      thread.join(CLOSE_WAIT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  Thread thread() {
    return thread;
  }

  private void run() {
    long number = 0;
    while (!closed) {
      Phase phase = upcoming.poll();
      if (phase == null) {
        LockSupport.park(this);
      } else {
        number = play(phase, number);
        phase.allSent();
      }
    }
  }

  private long play(Phase phase, long firstNumber) {
    long request = 0;
    while (!closed && phase.contains(request)) {
      long wait = phase.dueAt(request) - System.nanoTime();
      if (wait <= 0) {
        send(phase, firstNumber + request, phase.dueAt(request));
        request++;
      } else {
        LockSupport.parkNanos(this, wait);
      }
    }
    return firstNumber + request;
  }

  private void send(Phase phase, long number, long due) {
    phase.sending(System.nanoTime() - due);
    if (inFlight.incrementAndGet() > maxInFlight) {
      inFlight.decrementAndGet();
      phase.failed(NO_ROOM);
      return;
    }
    try {
      target.send(number).whenComplete((answer, thrown) -> done(phase, due, answer, thrown));
    } catch (RuntimeException e) {
      done(phase, due, null, e);
    }
  }

  private void done(Phase phase, long due, @Nullable Answer answer, @Nullable Throwable thrown) {
    long nanos = System.nanoTime() - due;
    inFlight.decrementAndGet();
    interval.record(nanos);
    phase.answered(answer != null ? answer : Answer.failed(reason(thrown)), nanos);
  }

  private static String reason(@Nullable Throwable thrown) {
    if (thrown == null) {
      return "no answer";
    }
    Throwable cause = thrown;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getClass().getSimpleName();
  }

  /** Collects a driver's settings; each may be set once. Not safe for use by several threads. */
  public static final class Builder {
    private final Target target;
    private int maxInFlight;
    private @Nullable Duration allowedLateness;

    private Builder(Target target) {
      this.target = target;
    }

    /** Sets how many requests may be in flight, 1 to 100,000; default 1,000. */
    public Builder maxInFlight(int requests) {
      if (maxInFlight != 0) {
        throw new IllegalStateException("maxInFlight: set twice (expected: once)");
      }
      if (requests < 1 || requests > 100_000) {
        throw new IllegalArgumentException(
            "maxInFlight: " + requests + " (expected: 1 to 100,000)");
      }
      maxInFlight = requests;
      return this;
    }

    /**
     * Sets how late the driver may send, at its 99th percentile, before a result is invalid;
     * default 20 ms.
     */
    public Builder allowedLateness(Duration lateness) {
      if (allowedLateness != null) {
        throw new IllegalStateException("allowedLateness: set twice (expected: once)");
      }
      if (lateness.isNegative() || lateness.isZero()) {
        throw new IllegalArgumentException("allowedLateness: " + lateness + " (expected: > 0)");
      }
      allowedLateness = lateness;
      return this;
    }

    /** Starts the driver, silent until its first phase begins. */
    public LoadDriver start() {
      return new LoadDriver(this, target);
    }
  }
}
