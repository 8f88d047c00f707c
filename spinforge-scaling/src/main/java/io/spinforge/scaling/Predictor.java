package io.spinforge.scaling;

import io.spinforge.scaling.conformal.Headroom;
import io.spinforge.scaling.history.HistoryStore;
import io.spinforge.scaling.reactive.Fleet;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * From readings to an {@link Outlook}: demand on a grid of cells, and what the {@link DemandModel}
 * makes of it in instances.
 *
 * <p>A cell is closed by the last tick that falls in it, with the mean of its ticks. What it makes
 * is a function of what it was shown, in order; nothing here reads a clock. Not thread-safe.
 */
final class Predictor {
  /** How much longer ahead a growth covers, so that a ramp takes fewer steps. */
  private static final Duration CLIMB = Duration.ofMinutes(5);

  /** A clock that goes back by less is waited for; by more, what was learned is begun anew. */
  private static final Duration BACKWARD = Duration.ofHours(2);

  private static final double SATURATED = 0.95;
  private static final int OWN = 2 * 1440;

  private final PredictivePolicy policy;
  private final Plan plan;
  private final int step;
  private final Startups startups;
  private final Regrets regrets;
  private final Consumer<HistoryStore.Point> sink;
  private final Runnable restarted;
  private Consumer<HistoryStore.Start> starts = start -> {};
  private final Capacity learned;
  private final List<Said> said = new ArrayList<>();
  private DemandModel model;

  /** Cells since the start, until what was before them is known. */
  private @Nullable Deque<HistoryStore.Point> own;

  private long axis;
  private long cell = Long.MIN_VALUE;
  private double sum;
  private int samples;
  private boolean overloaded;
  private int censoredInARow;
  private double perInstance = Double.NaN;
  private double present;
  private @Nullable Outlook outlook;

  private record Said(TimeRange range, Annotation annotation) {}

  /**
   * Makes one that knows nothing.
   *
   * @param history whether {@link #adopt} is to come
   * @param sink takes every cell that is closed
   * @param restarted is told when all that was learned is begun anew
   */
  Predictor(
      PredictivePolicy policy,
      Plan plan,
      boolean history,
      Consumer<HistoryStore.Point> sink,
      Runnable restarted) {
    this.policy = policy;
    this.plan = plan;
    this.sink = sink;
    this.restarted = restarted;
    startups = new Startups(plan.startup());
    regrets = new Regrets(policy.breakEven);
    learned = new Capacity((double) Duration.ofDays(1).toNanos() / plan.interval().toNanos());
    step = (int) PredictivePolicy.cell(plan.interval()).toSeconds();
    model = new DemandModel(policy, plan, lead());
    own = history ? new ArrayDeque<>() : null;
  }

  /** Makes the one that a plan asks for; null if it asks for none. */
  static @Nullable Predictor of(Plan plan, @Nullable Chronicle chronicle) {
    PredictivePolicy policy = plan.predictive();
    if (policy == null) {
      return null;
    }
    if (chronicle == null) {
      return new Predictor(policy, plan, false, point -> {}, () -> {});
    }
    Predictor kept = new Predictor(policy, plan, true, chronicle::add, chronicle::refill);
    kept.starts = chronicle::add;
    return kept;
  }

  private int lead() {
    long cells = (startups.percentile().toSeconds() + step - 1) / step;
    return (int) Math.max(1, Math.min(Headroom.LONGEST, cells));
  }

  /**
   * Takes what a tick saw and returns the outlook after it; null while nothing is known.
   *
   * @param passed nanoseconds since the last tick
   * @param jumped whether the clock jumped: then the tick belongs to no cell
   * @param fleet the first signal's sums; null if it had nothing usable or not everything
   * @param busy ready instances times their utilization; NaN if not known
   */
  @Nullable Outlook look(
      Instant now,
      long passed,
      boolean jumped,
      ScaleTarget.@Nullable State state,
      @Nullable Fleet fleet,
      double busy) {
    axis += passed;
    if (state != null) {
      startups.see(axis, state, nanos -> ended(now, nanos));
      regrets.see(axis, state.desired());
    }
    if (jumped) {
      return null;
    }
    long at = Math.floorDiv(now.getEpochSecond(), (long) step);
    if (cell != Long.MIN_VALUE && at < cell) {
      if (cell - at > BACKWARD.toSeconds() / step) {
        restart();
      }
      return null; // the clock went back: nothing is known of now
    }
    if (at != cell && samples > 0 && model.closed() != cell) {
      close(cell);
    }
    if (at != cell) {
      cell = at;
      sum = 0;
      samples = 0;
      overloaded = false;
    }
    if (fleet == null || state == null) {
      return outlook != null && model.closed() >= at - 1 ? outlook : null;
    }
    see(fleet, state, busy);
    Instant next = now.plus(plan.interval());
    if (Math.floorDiv(next.getEpochSecond(), (long) step) > at && model.closed() != cell) {
      close(cell);
    }
    outlook = outlook(state);
    return outlook;
  }

  private void ended(Instant now, long nanos) {
    Instant ready = now.truncatedTo(ChronoUnit.MICROS);
    starts.accept(new HistoryStore.Start(ready, Duration.ofNanos(nanos)));
  }

  /** Takes the starts that a history knows, oldest first. */
  void recall(List<HistoryStore.Start> before) {
    startups.recall(before.stream().map(HistoryStore.Start::took).toList());
  }

  /** Takes the margin of removals that a history knows. */
  void recall(double margin) {
    regrets.recall(margin);
  }

  private void restart() {
    model = new DemandModel(policy, plan, lead());
    said.forEach(word -> model.annotate(word.range(), word.annotation()));
    cell = Long.MIN_VALUE;
    samples = 0;
    outlook = null;
    own = own == null ? null : new ArrayDeque<>();
    restarted.run();
  }

  private void see(Fleet fleet, ScaleTarget.State state, double busy) {
    Signal signal = plan.signals().get(0);
    int counted = fleet.counted();
    boolean utilization = signal.kind() == Signal.Kind.UTILIZATION;
    if (policy.learned && signal.kind() == Signal.Kind.TOTAL) {
      learned.learn(busy, fleet.usage());
    }
    perInstance =
        utilization
            ? fleet.request() / counted
            : policy.learned ? learned.perInstance(signal.target()) : signal.target();
    double known = counted == 0 ? 1 : (double) counted / (counted + fleet.missing());
    double demand = fleet.usage() / known;
    double share =
        demand
            / (perInstance * Math.max(1, counted > 0 ? counted + fleet.missing() : state.ready()));
    censoredInARow = utilization && share >= SATURATED ? censoredInARow + 1 : 0;
    overloaded |= share > policy.ceiling + 1e-9;
    present = demand;
    sum += demand;
    samples++;
  }

  private void close(long cell) {
    double demand = sum / samples;
    boolean learned = model.close(cell, demand, overloaded, true);
    Instant start = Instant.ofEpochSecond(cell * step);
    HistoryStore.Point point =
        new HistoryStore.Point(
            start, Duration.ofSeconds(step), demand, demand, samples, overloaded, !learned);
    sink.accept(point);
    Deque<HistoryStore.Point> kept = own;
    if (kept != null) {
      kept.addLast(point);
      if (kept.size() > OWN) {
        kept.removeFirst();
      }
    }
  }

  /**
   * Makes a model of what a history knows and what was said, for {@link #adopt}. Touches nothing of
   * this, so that ticks go on meanwhile.
   */
  DemandModel remember(List<HistoryStore.Point> points, int lead) {
    DemandModel filled = new DemandModel(policy, plan, lead);
    filled.fill(points, lead);
    return filled;
  }

  /** Puts a model that knows the past in the place of the one that does not. */
  void adopt(DemandModel filled) {
    int lead = lead();
    said.forEach(word -> filled.annotate(word.range(), word.annotation()));
    Deque<HistoryStore.Point> since = own;
    if (since != null) {
      List<HistoryStore.Point> newer = new ArrayList<>(since);
      newer.removeIf(point -> point.time().getEpochSecond() / step <= filled.closed());
      filled.fill(newer, lead);
    }
    model = filled;
    own = null;
    outlook = null;
  }

  /** Returns the cells of the startup time, which a model is made for. */
  int horizon() {
    return lead();
  }

  /** Begins to keep cells for another {@link #adopt}. */
  void expectHistory() {
    own = new ArrayDeque<>();
  }

  /** Tells whether the past is to come and is not known well enough without it. */
  boolean blank() {
    return own != null && !model.proven();
  }

  private @Nullable Outlook outlook(ScaleTarget.State state) {
    int lead = lead();
    if (!model.aim(lead)) {
      return null;
    }
    double expected = model.expected();
    boolean mean = policy.rule == PredictivePolicy.Rule.MEAN;
    Signal signal = plan.signals().get(0);
    boolean utilization = signal.kind() == Signal.Kind.UTILIZATION;
    double share = mean ? utilization ? signal.target() / 100 : 1 : policy.ceiling;
    double capacity = perInstance * share;
    double upper = mean ? expected : model.bound();
    int need = instances(upper, capacity);
    if (!mean && need > state.desired()) {
      need = growth(lead, upper, capacity, state.desired());
    }
    // Whatever is expected, what is served now has to be: a forecast gone mad may foresee nothing.
    int keep = instances(Math.max(present, mean ? expected : later(lead, upper)), capacity);
    boolean censored = censoredInARow > 0;
    if (censoredInARow >= 2) {
      need = Math.max(need, 2 * state.ready());
    }
    Duration ahead = Duration.ofSeconds((long) lead * step);
    return new Outlook(
        ahead,
        expected,
        upper,
        model.share(),
        capacity,
        need,
        keep,
        model.proven(),
        censored,
        mean ? Double.NaN : regrets.margin());
  }

  /** Returns the instances that are worth growing to from fewer. */
  private int growth(int lead, double upper, double capacity, int desired) {
    double expected = model.expected();
    if (regrets.fresh()) {
      // What was just removed is taken back for demand that is there or expected, not for headroom.
      double sure = Math.max(present, Math.max(expected, model.highest(lead)));
      return Math.min(instances(upper, capacity), Math.max(desired, instances(sure, capacity)));
    }
    double climb = model.forecast(lead + model.cells(CLIMB)) + upper - expected;
    return instances(Math.max(upper, Math.min(climb, model.most())), capacity);
  }

  /** Returns the demand that may come within the lead and the break-even time. */
  private double later(int lead, double upper) {
    double headroom = Math.max(0, upper - model.expected());
    double later = model.highest(lead + model.cells(policy.breakEven)) + headroom;
    // More than is believed will not be asked for.
    double believed = Math.max(later, model.most());
    return Math.min(later + regrets.margin() * headroom, believed);
  }

  private static int instances(double demand, double capacity) {
    return (int) Math.min(1e9, Math.ceil(demand / capacity - 1e-9));
  }

  /** Tells what is expected so far ahead. */
  Forecast forecast(Duration ahead, Instant now) {
    if (model.closed() == Long.MIN_VALUE) {
      return new Forecast(now, ahead, Double.NaN, -1);
    }
    double demand = model.forecast(model.cells(ahead));
    Outlook known = outlook;
    int instances =
        known == null || Double.isNaN(demand) ? -1 : instances(demand, known.capacity());
    return new Forecast(now, ahead, demand, instances);
  }

  /** Notes what somebody says of a span of time, past or future. */
  void annotate(TimeRange range, Annotation annotation) {
    Said word = new Said(range, annotation);
    if (!said.contains(word)) {
      said.add(word);
      if (annotation == Annotation.DEPLOY) {
        learned.reset();
      }
      model.annotate(range, annotation);
    }
  }
}
