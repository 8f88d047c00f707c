package io.spinforge.metrics.bind;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.spinforge.scaling.Autoscaler;
import io.spinforge.scaling.Constraint;
import io.spinforge.scaling.Decision;
import io.spinforge.scaling.Outlook;
import io.spinforge.scaling.ScalingListener;
import io.spinforge.scaling.ScalingStats;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** An autoscaler as meters. */
public final class ScalingBinding implements Binding {
  private final Autoscaler scaler;
  private final String name;
  private final MeterSet meters;
  private final Forecasts forecasts = new Forecasts();
  private final ScalingListener listener = new Listener();

  private ScalingBinding(MeterRegistry registry, String name, Autoscaler scaler) {
    this.scaler = scaler;
    this.name = name;
    this.meters = new MeterSet(registry);
  }

  /** Returns whether this class binds such a component. */
  public static boolean accepts(Object component) {
    return component instanceof Autoscaler;
  }

  /** Returns the component's own name. */
  public static String name(Object scaler) {
    return ((Autoscaler) scaler).name();
  }

  /** Binds an autoscaler, until the binding is closed. */
  public static Binding of(MeterRegistry registry, String name, Object scaler) {
    ScalingBinding binding = new ScalingBinding(registry, name, (Autoscaler) scaler);
    return Bindings.start(binding, binding::start);
  }

  private void start() {
    replicas("current", ScalingStats::current);
    replicas("desired", ScalingStats::desired);
    replicas("ready", ScalingStats::ready);
    replicas("starting", ScalingStats::starting);
    replicas("min", ScalingStats::min);
    replicas("max", ScalingStats::max);
    meters.gauge(Catalogue.SCALING_DEMAND, scaler, s -> s.stats().demand(), name);
    meters.gauge(Catalogue.SCALING_FORECAST, forecasts, Forecasts::latest, name);
    forecasts.errors = meters.summary(Catalogue.SCALING_FORECAST_ERROR, name);
    applied("applied", ScalingStats::applied);
    applied("conflict", ScalingStats::conflicts);
    applied("rejected", ScalingStats::rejected);
    applied("unknown", ScalingStats::unknown);
    meters.counter(
        Catalogue.SCALING_SIGNAL_FAILURES, scaler, s -> s.stats().signalFailures(), name);
    scaler.addListener(listener);
  }

  private void replicas(String kind, ToDoubleFunction<ScalingStats> value) {
    meters.gauge(
        Catalogue.SCALING_REPLICAS,
        scaler,
        s -> {
          double number = value.applyAsDouble(s.stats());
          return number < 0 ? Double.NaN : number;
        },
        name,
        kind);
  }

  private void applied(String result, ToDoubleFunction<ScalingStats> value) {
    meters.counter(
        Catalogue.SCALING_APPLIED, scaler, s -> value.applyAsDouble(s.stats()), name, result);
  }

  @Override
  public void close() {
    scaler.removeListener(listener);
    meters.close();
  }

  /** Remembers what was expected until its time comes. Hears one tick at a time. */
  private static final class Forecasts {
    /** A lead of an hour in ticks of five seconds; beyond it the oldest are let go. */
    private static final int MOST = 720;

    private final ArrayDeque<Expected> due = new ArrayDeque<>();

    /** Set before the listener is added. */
    private @Nullable DistributionSummary errors;

    /** Volatile: any thread may read the gauge. */
    private volatile double latest = Double.NaN;

    private record Expected(Instant at, double demand) {}

    double latest() {
      return latest;
    }

    void see(Decision decision) {
      Outlook outlook = decision.forecast();
      latest = outlook == null ? Double.NaN : outlook.expected();
      if (outlook != null && !Double.isNaN(outlook.expected())) {
        due.addLast(new Expected(decision.time().plus(outlook.lead()), outlook.expected()));
      }
      if (due.size() > MOST) {
        due.removeFirst();
      }
      Expected came = null;
      while (!due.isEmpty() && !due.getFirst().at.isAfter(decision.time())) {
        came = due.removeFirst();
      }
      if (came != null && errors != null && !Double.isNaN(decision.demand())) {
        errors.record(Math.abs(decision.demand() - came.demand));
      }
    }
  }

  /** Hears one tick at a time. */
  private final class Listener implements ScalingListener {
    private final Map<Constraint, Counter> ups = new EnumMap<>(Constraint.class);
    private final Map<Constraint, Counter> downs = new EnumMap<>(Constraint.class);
    private final Map<Constraint, Counter> nones = new EnumMap<>(Constraint.class);

    @Override
    public void onDecision(Decision decision) {
      forecasts.see(decision);
      switch (decision.direction()) {
        case 1 -> count(ups, "up", decision.constraint());
        case -1 -> count(downs, "down", decision.constraint());
        default -> count(nones, "none", decision.constraint());
      }
    }

    private void count(Map<Constraint, Counter> counters, String direction, Constraint reason) {
      Counter known = counters.get(reason);
      if (known == null) {
        String tag = reason.name().toLowerCase(Locale.ROOT);
        known = meters.counter(Catalogue.SCALING_DECISIONS, name, direction, tag);
        counters.put(reason, known);
      }
      known.increment();
    }
  }
}
