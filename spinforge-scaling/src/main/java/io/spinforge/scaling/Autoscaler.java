package io.spinforge.scaling;

import static java.util.Objects.requireNonNull;

import io.spinforge.scaling.history.HistoryStats;
import io.spinforge.scaling.history.HistoryStore;
import io.spinforge.scaling.internal.Checks;
import io.spinforge.scaling.lease.LeaderLease;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
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
  private final Announcer announcer;
  private final Leadership leadership;
  private final @Nullable Chronicle chronicle;
  private final Cells cells;

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
  private volatile @Nullable Pacemaker pacemaker;
  private volatile List<Background> helpers = List.of();
  private volatile @Nullable String pause;
  private volatile @Nullable Decision last;
  private volatile ScalingStats stats;

  Autoscaler(
      Plan plan,
      ScaleTarget target,
      List<ScalingListener> listeners,
      InstantSource clock,
      LongSupplier ticker,
      @Nullable HistoryStore history,
      @Nullable LeaderLease lease,
      Logger log) {
    this.plan = plan;
    this.log = log;
    text = plan.toString();
    this.target = target;
    announcer = new Announcer(plan.name(), log, listeners);
    leadership = new Leadership(plan.name(), lease, log);
    chronicle = history == null ? null : new Chronicle(plan, text, history, log, ticker);
    this.clock = clock;
    this.ticker = ticker;
    memory = Memory.empty(plan.signals().size());
    predictor = Predictor.of(plan, chronicle);
    cells = new Cells(plan.interval(), chronicle == null ? point -> {} : chronicle::add);
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
      if (pacemaker != null || closing.getCount() == 0) {
        throw new IllegalStateException("Autoscaler " + name() + " was started or closed before");
      }
      helpers = Background.of(plan.name(), leadership, chronicle == null ? null : this::exchange);
      pacemaker =
          new Pacemaker(
              "spinforge-scaling-" + name(), interval(), ticker, closing, this::tickSafely);
    } finally {
      ticking.unlock();
    }
  }

  /** Decides and tells from now on, but changes nothing; a second call replaces the reason. */
  public void pause(String reason) {
    pause = requireNonNull(reason, "reason");
    log.info("Autoscaler {} paused: {}", name(), reason);
    announcer.tell(listener -> listener.onPause(name(), reason));
  }

  /** Ends a pause; does nothing if there is none. */
  public void resume() {
    if (pause != null) {
      pause = null;
      log.info("Autoscaler {} resumed", name());
      announcer.tell(listener -> listener.onResume(name()));
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
                : pacemaker != null ? ScalingStatus.State.RUNNING : ScalingStatus.State.IDLE;
    return new ScalingStatus(name(), state, Optional.ofNullable(reason), Optional.ofNullable(last));
  }

  /** Returns counters and gauges. O(1). */
  public ScalingStats stats() {
    return stats;
  }

  /** Adds a listener; it hears what happens from now on. */
  public void addListener(ScalingListener listener) {
    announcer.add(requireNonNull(listener, "listener"));
  }

  /** Removes a listener. */
  public void removeListener(ScalingListener listener) {
    announcer.remove(listener);
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
   * thing from it, now and, with a history, after a restart.
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
    if (chronicle != null) {
      chronicle.add(
          new HistoryStore.Note(
              range.from().truncatedTo(ChronoUnit.MICROS),
              range.to().plusNanos(999).truncatedTo(ChronoUnit.MICROS),
              annotation.name()));
    }
  }

  /**
   * Does once what {@link #start} has threads for beside the ticks: renews the lease, reads the
   * history if that has not been done, writes what waits for it. For those who tick by hand. Blocks
   * as long as lease and history do; their faults are logged and counted, not thrown.
   */
  public void sync() {
    leadership.renew();
    exchange();
  }

  /** Returns how the history is; empty without one. O(1). */
  public Optional<HistoryStats> historyStats() {
    return Optional.ofNullable(chronicle).map(Chronicle::stats);
  }

  /**
   * Makes a decision again from its stored inputs, bit for bit: whatever it was made from is in
   * them, so neither target nor sources are needed.
   *
   * @throws IllegalArgumentException if the inputs are damaged or of another version
   */
  public static Decision replay(HistoryStore.StoredDecision stored) {
    return DecisionCodec.replay(stored.inputs());
  }

  private void exchange() {
    if (chronicle == null) {
      return;
    }
    Decision before = last;
    Instant now = before == null ? clock.instant() : before.time();
    Chronicle.Reader reader =
        predictor == null ? Chronicle.Reader.NOBODY : new Recall(predictor, ticking);
    chronicle.exchange(leadership.leads(), now, reader);
  }

  private Decision tick(Instant now, long elapsed) {
    ticking.lock();
    try {
      if (closing.getCount() == 0) {
        throw new IllegalStateException("Autoscaler " + name() + " is closed");
      }
      long began = ticker.getAsLong();
      Decision before = last;
      Memory remembered = memory;
      Observation seen = observe(now, elapsed);
      Step.Outcome outcome = Step.decide(plan, text, seen, remembered);
      memory = outcome.memory();
      Decision decision = carryOut(outcome.decision(), seen.target());
      if (chronicle != null) {
        chronicle.add(seen, remembered, decision);
      }
      counts.add(decision);
      last = decision;
      stats = counts.stats(plan, decision, ticker.getAsLong() - began);
      announcer.report(before, decision);
      return decision;
    } finally {
      ticking.unlock();
    }
  }

  /**
   * Stops ticking and waits up to 5 s for a tick that its thread has under way, and as long for
   * what waits to be written and for the lease to be given back. The target stays as it is. Does
   * nothing the second time.
   */
  @Override
  public void close() {
    closing.countDown();
    helpers.forEach(Background::end);
    Pacemaker running = pacemaker;
    if (running != null) {
      running.join(PATIENCE);
    }
    helpers.forEach(helper -> helper.join(PATIENCE.dividedBy(2)));
    if (running == null) {
      leadership.release();
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
    // Asked for last: reading may have taken longer than the lease lasts.
    OptionalLong fence = leadership.fence();
    return new Observation(
        counts.ticks() + 1,
        now,
        elapsed,
        state,
        fault,
        List.copyOf(readings),
        look(now, elapsed, state, readings),
        pause,
        fence,
        !fence.isPresent() && leadership.lease() != null,
        predictor != null && predictor.blank());
  }

  private @Nullable Outlook look(
      Instant now, long elapsed, ScaleTarget.@Nullable State state, List<Signal.Reading> readings) {
    if (predictor == null && chronicle == null) {
      return null;
    }
    Instant last = memory.last();
    boolean jumped = Step.jumped(plan, last, now, elapsed);
    Census census =
        Census.of(
            plan.signals().get(0), readings.get(0), state == null ? 0 : state.ready(), now, plan);
    boolean usable = census.quality().compareTo(Quality.PARTIAL) < 0;
    if (predictor == null) {
      if (usable && !jumped) {
        cells.add(now, census.fleet().usage());
      }
      return null;
    }
    long wall = last == null || jumped ? 0 : Duration.between(last, now).toNanos();
    PredictivePolicy policy = plan.predictive();
    boolean asked = policy != null && policy.learned;
    double busy = asked ? Census.busy(readings, state, now, plan) : Double.NaN;
    long passed = elapsed >= 0 ? elapsed : wall;
    return predictor.look(now, passed, jumped, state, usable ? census.fleet() : null, busy);
  }

  @SuppressWarnings("IllegalCatch") // the host's code may throw anything
  private Decision carryOut(Decision decision, ScaleTarget.@Nullable State seen) {
    if (seen == null || decision.direction() == 0) {
      return decision;
    }
    ApplyResult result;
    if (!leadership.fence().equals(decision.fence())) {
      return decision.withApplied(new ApplyResult.Conflict("the lease was lost before the write"));
    }
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
}
