package io.spinforge.scaling;

import static java.util.Objects.requireNonNull;

import io.spinforge.scaling.internal.Checks;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides how many instances there should be, and asks the target for them.
 *
 * <p>{@link #start} ticks by itself on one daemon thread, {@code spinforge-scaling-<name>}; {@link
 * #tick} takes one step by hand, for tests, simulations and schedulers of the host's own. Both run
 * the same code. A tick reads the target and the signals, decides, asks the target if the number is
 * to change, and tells the listeners.
 *
 * <p>Faults outside never throw out of a tick and never shrink anything: they hold the number, show
 * as the decision's {@link Constraint}, are counted, and logged once when they begin and once when
 * they end.
 *
 * <p>Thread-safe. Ticks exclude each other; {@link #status} and {@link #stats} never wait.
 */
public final class Autoscaler implements AutoCloseable {
  static final Logger LOG = LoggerFactory.getLogger(Autoscaler.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Plan plan;
  private final Logger log;
  private final String text;
  private final ScaleTarget target;
  private final InstantSource clock;
  private final LongSupplier ticker;
  private final List<ScalingListener> listeners;

  /**
   * Guards {@link #memory}, {@link #predictor}, {@link #counts} and the order of ticks; held while
   * the host answers.
   */
  private final ReentrantLock ticking = new ReentrantLock();

  private final CountDownLatch closing = new CountDownLatch(1);
  private final Counts counts = new Counts();
  private final @Nullable Predictor predictor;
  private Memory memory;

  // Written by whoever holds the lock or calls pause/start/close, read by anyone: plain volatile,
  // each field stands alone.
  private volatile @Nullable Thread thread;
  private volatile @Nullable String pause;
  private volatile @Nullable Decision last;
  private volatile ScalingStats stats;

  Autoscaler(
      Plan plan,
      ScaleTarget target,
      List<ScalingListener> listeners,
      InstantSource clock,
      LongSupplier ticker,
      Logger log) {
    this.plan = plan;
    this.log = log;
    text = plan.toString();
    this.target = target;
    this.listeners = new CopyOnWriteArrayList<>(listeners);
    this.clock = clock;
    this.ticker = ticker;
    memory = Memory.empty(plan.signals().size());
    PredictivePolicy predictive = plan.predictive();
    predictor = predictive == null ? null : new Predictor(predictive, plan, plan.startup());
    stats = counts.stats(plan);
  }

  /**
   * Starts to describe an autoscaler.
   *
   * @param name 1 to 64 of A-Z a-z 0-9 . _ -; stands in decisions, logs and the thread's name
   */
  public static AutoscalerBuilder named(String name) {
    return new AutoscalerBuilder(name);
  }

  /** Returns the time from tick to tick. */
  public Duration interval() {
    return plan.interval();
  }

  /** Returns the name. */
  public String name() {
    return plan.name();
  }

  /**
   * Ticks now and then once per interval, until {@link #close}.
   *
   * @throws IllegalStateException if it was started before or is closed
   */
  public void start() {
    ticking.lock();
    try {
      if (thread != null || closing.getCount() == 0) {
        throw new IllegalStateException("Autoscaler " + name() + " was started or closed before");
      }
      Thread started = new Thread(this::run, "spinforge-scaling-" + name());
      started.setDaemon(true);
      thread = started;
      started.start();
    } finally {
      ticking.unlock();
    }
  }

  /** Decides and tells from now on, but changes nothing; a second call replaces the reason. */
  public void pause(String reason) {
    pause = requireNonNull(reason, "reason");
    log.info("Autoscaler {} paused: {}", name(), reason);
    tell(listener -> listener.onPause(name(), reason));
  }

  /** Ends a pause; does nothing if there is none. */
  public void resume() {
    if (pause != null) {
      pause = null;
      log.info("Autoscaler {} resumed", name());
      tell(listener -> listener.onResume(name()));
    }
  }

  /** Returns how it is and what it decided last. O(1). */
  public ScalingStatus status() {
    String reason = pause;
    ScalingStatus.State state =
        closing.getCount() == 0
            ? ScalingStatus.State.CLOSED
            : reason != null
                ? ScalingStatus.State.PAUSED
                : thread != null ? ScalingStatus.State.RUNNING : ScalingStatus.State.IDLE;
    return new ScalingStatus(name(), state, Optional.ofNullable(reason), Optional.ofNullable(last));
  }

  /** Returns counters and gauges. O(1). */
  public ScalingStats stats() {
    return stats;
  }

  /** Adds a listener; it hears what happens from now on. */
  public void addListener(ScalingListener listener) {
    listeners.add(requireNonNull(listener, "listener"));
  }

  /** Removes a listener. */
  public void removeListener(ScalingListener listener) {
    listeners.remove(listener);
  }

  /**
   * Takes one step at a time of the caller's choice: reads the target and the signals, decides,
   * carries it out as the mode allows, and tells the listeners.
   *
   * <p>Ticks by hand are expected one interval apart. More than two intervals since the last one,
   * or a time before it, is a jump of the clock: that tick changes nothing.
   *
   * @throws IllegalStateException if it is closed
   */
  public Decision tick(Instant now) {
    return tick(requireNonNull(now, "now"), -1);
  }

  /**
   * Tells what demand is expected so far ahead, up to about an hour; the demand is NaN without a
   * {@link PredictivePolicy} or before the first tick.
   */
  public Forecast forecast(Duration ahead) {
    Checks.argument(!ahead.isNegative() && !ahead.isZero(), "ahead", ahead, "above PT0S");
    ticking.lock();
    try {
      Instant made = memory.last() == null ? clock.instant() : memory.last();
      return predictor == null
          ? new Forecast(made, ahead, Double.NaN, -1)
          : predictor.forecast(ahead, made);
    } finally {
      ticking.unlock();
    }
  }

  /**
   * Tells what a span of time, past or future, was or will be, so that forecasts learn the right
   * thing from it. Does nothing without a {@link PredictivePolicy}.
   */
  public void annotate(TimeRange range, Annotation annotation) {
    requireNonNull(range, "range");
    requireNonNull(annotation, "annotation");
    ticking.lock();
    try {
      if (predictor != null) {
        predictor.annotate(range, annotation);
      }
    } finally {
      ticking.unlock();
    }
  }

  private Decision tick(Instant now, long elapsed) {
    ticking.lock();
    try {
      if (closing.getCount() == 0) {
        throw new IllegalStateException("Autoscaler " + name() + " is closed");
      }
      long began = ticker.getAsLong();
      Decision before = last;
      Observation seen = observe(now, elapsed);
      Step.Outcome outcome = Step.decide(plan, text, seen, memory);
      memory = outcome.memory();
      Decision decision = carryOut(outcome.decision(), seen.target());
      counts.add(decision);
      last = decision;
      stats = counts.stats(plan, decision, ticker.getAsLong() - began);
      report(before, decision);
      return decision;
    } finally {
      ticking.unlock();
    }
  }

  /**
   * Stops ticking and waits up to 5 s for a tick that its thread has under way. The target stays as
   * it is. Does nothing the second time.
   */
  @Override
  public void close() {
    closing.countDown();
    Thread running = thread;
    if (running == null || running == Thread.currentThread()) {
      return;
    }
    try {
      running.join(PATIENCE.toMillis() / 2);
      if (running.isAlive()) {
        running.interrupt(); // a source or target that hangs
        running.join(PATIENCE.toMillis() / 2);
      }
    } catch (InterruptedException e) {
      running.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    long interval = plan.interval().toNanos();
    long last = ticker.getAsLong();
    long elapsed = -1;
    try {
      do {
        tickSafely(elapsed);
        long took = ticker.getAsLong() - last;
        closing.await(Math.max(0, interval - took), TimeUnit.NANOSECONDS);
        long now = ticker.getAsLong();
        elapsed = now - last;
        last = now;
      } while (closing.getCount() > 0);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ticks; one that fails, even by an error in the host's code, must not end all others. */
  private void tickSafely(long elapsed) {
    try {
      tick(clock.instant(), elapsed);
    } catch (RuntimeException | Error e) {
      if (closing.getCount() > 0) {
        log.error("Autoscaler {} could not tick", name(), e);
      }
    }
  }

  @SuppressWarnings("IllegalCatch") // the host's code may throw anything
  private Observation observe(Instant now, long elapsed) {
    ScaleTarget.State state = null;
    String fault = "";
    try {
      state = requireNonNull(target.read(), "state");
    } catch (Exception e) {
      fault = fault(e);
    }
    List<Signal.Reading> readings = new ArrayList<>(plan.signals().size());
    for (Signal signal : plan.signals()) {
      readings.add(signal.read());
    }
    return new Observation(
        counts.ticks() + 1,
        now,
        elapsed,
        state,
        fault,
        List.copyOf(readings),
        look(now, elapsed, state, readings.get(0)),
        pause);
  }

  private @Nullable Outlook look(
      Instant now, long elapsed, ScaleTarget.@Nullable State state, Signal.Reading reading) {
    if (predictor == null) {
      return null;
    }
    Census census =
        Census.of(plan.signals().get(0), reading, state == null ? 0 : state.ready(), now, plan);
    boolean usable = census.quality().compareTo(Quality.PARTIAL) < 0;
    return predictor.look(now, elapsed, memory.last(), state, usable ? census.fleet() : null);
  }

  @SuppressWarnings("IllegalCatch") // the host's code may throw anything
  private Decision carryOut(Decision decision, ScaleTarget.@Nullable State seen) {
    if (seen == null || decision.direction() == 0) {
      return decision;
    }
    ApplyResult result;
    try {
      result = requireNonNull(target.apply(decision.desired(), seen, decision.fence()), "result");
    } catch (Exception e) {
      result = new ApplyResult.Unknown(fault(e));
    }
    memory = memory.after(result, decision.current(), decision.desired(), plan);
    return decision.withApplied(result);
  }

  private static String fault(Exception e) {
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return e.toString();
  }

  private void report(@Nullable Decision before, Decision decision) {
    Constraint was = before == null ? Constraint.NONE : before.constraint();
    if (was.hazard() && was != decision.constraint()) {
      log.info("Autoscaler {} goes on: {} is over", name(), was);
      tell(listener -> listener.onRelease(decision));
    }
    if (decision.constraint().hazard() && was != decision.constraint()) {
      log.warn("Autoscaler {} holds: {}", name(), decision.explain());
      tell(listener -> listener.onHold(decision));
    }
    if (decision.applied() != null && log.isInfoEnabled()) {
      log.info("Autoscaler {} acts: {}", name(), decision.explain());
    }
    tell(listener -> listener.onDecision(decision));
  }

  @SuppressWarnings("IllegalCatch") // the host's code may throw anything
  private void tell(Consumer<ScalingListener> event) {
    for (ScalingListener listener : listeners) {
      try {
        event.accept(listener);
      } catch (RuntimeException e) {
        log.warn("Autoscaler {}: a listener failed", name(), e);
      }
    }
  }
}
