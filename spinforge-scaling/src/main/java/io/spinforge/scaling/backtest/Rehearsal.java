package io.spinforge.scaling.backtest;

import io.spinforge.scaling.ApplyResult;
import io.spinforge.scaling.Autoscaler;
import io.spinforge.scaling.Decision;
import io.spinforge.scaling.MetricSource;
import io.spinforge.scaling.Phase;
import io.spinforge.scaling.Sample;
import io.spinforge.scaling.ScaleTarget;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A fleet in virtual time: instances that take the demand in equal parts, serve no more than their
 * capacity, become ready after the startup time and end at once.
 *
 * <p>In each tick instances become ready first; then the demand of the time meets the ready ones;
 * then the autoscaler sees that and decides.
 */
final class Rehearsal implements ScaleTarget {
  private final Trace trace;
  private final Settings settings;
  private final Deque<Instant> starting = new ArrayDeque<>();
  private int ready;
  private int version;
  private Instant now;
  private double demand;

  Rehearsal(Trace trace, Settings settings) {
    this.trace = trace;
    this.settings = settings;
    now = trace.start();
  }

  /**
   * What is simulated.
   *
   * @param startup time from request to ready
   * @param capacity demand that one instance serves at most
   * @param ceiling share of it from which it counts as overloaded
   * @param from first time that is counted
   */
  record Settings(Duration startup, double capacity, double ceiling, Instant from) {}

  MetricSource utilization() {
    return () -> samples(Math.min(settings.capacity(), demand / ready));
  }

  MetricSource load() {
    return () -> samples(demand / ready);
  }

  DoubleSupplier total() {
    return () -> demand;
  }

  private List<Sample> samples(double each) {
    if (Double.isNaN(demand)) {
      throw new IllegalStateException("a gap in the trace");
    }
    List<Sample> samples = new ArrayList<>(ready + starting.size());
    for (int i = 0; i < ready; i++) {
      samples.add(Sample.of(Names.of(i), Phase.READY, each, settings.capacity(), now));
    }
    for (int i = 0; i < starting.size(); i++) {
      samples.add(Sample.missing(Names.of(ready + i), Phase.STARTING, settings.capacity(), now));
    }
    return samples;
  }

  /** Plays the trace through an autoscaler and counts. */
  BacktestRun play(
      String label,
      Autoscaler scaler,
      boolean keep,
      @Nullable Consumer<BacktestRun.Point> observer) {
    Tally tally = new Tally(label, settings, keep, observer);
    double first = trace.value(0) / (settings.ceiling() * settings.capacity());
    ready = (int) Math.max(1, Math.ceil(first));
    Instant end = trace.start().plus(trace.length());
    for (; now.isBefore(end); now = now.plus(scaler.interval())) {
      while (!starting.isEmpty() && !starting.getFirst().isAfter(now)) {
        starting.removeFirst();
        ready++;
      }
      demand = trace.at(now);
      int served = ready;
      int paid = ready + starting.size();
      Decision decision = scaler.tick(now);
      tally.add(now, demand, served, paid, decision);
    }
    return tally.result(scaler.interval());
  }

  @Override
  public State read() {
    return new State(ready + starting.size(), ready, starting.size(), Integer.toString(version));
  }

  @Override
  public ApplyResult apply(int desired, State seen, OptionalLong fence) {
    int have = ready + starting.size();
    for (; have < desired; have++) {
      starting.addLast(now.plus(settings.startup()));
    }
    for (; have > desired; have--) {
      if (starting.isEmpty()) {
        ready--;
      } else {
        starting.removeLast();
      }
    }
    version++;
    return new ApplyResult.Applied(desired);
  }

  /** Names of instances, made once. */
  private static final class Names {
    private static final String[] NAMES = new String[10_000];

    static String of(int i) {
      if (i >= NAMES.length) {
        return "i" + i;
      }
      String name = NAMES[i];
      if (name == null) {
        name = "i" + i;
        NAMES[i] = name;
      }
      return name;
    }
  }
}
