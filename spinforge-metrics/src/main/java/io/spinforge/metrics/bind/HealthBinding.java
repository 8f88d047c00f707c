package io.spinforge.metrics.bind;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.spinforge.health.HealthChecker;
import io.spinforge.health.HealthStats;
import io.spinforge.health.Status;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** A health checker as meters. */
public final class HealthBinding implements Binding {
  private final HealthChecker<?> checker;
  private final String name;
  private final MeterSet meters;
  private final Map<Status, Counter> transitions = new EnumMap<>(Status.class);

  private HealthBinding(MeterRegistry registry, String name, HealthChecker<?> checker) {
    this.checker = checker;
    this.name = name;
    this.meters = new MeterSet(registry);
  }

  /** Returns whether this class binds such a component. */
  public static boolean accepts(Object component) {
    return component instanceof HealthChecker;
  }

  /** Binds a checker, until the binding is closed. */
  public static Binding of(MeterRegistry registry, String name, Object checker) {
    HealthBinding binding = new HealthBinding(registry, name, (HealthChecker<?>) checker);
    return Bindings.start(binding, binding::start);
  }

  private void start() {
    status("healthy", HealthStats::healthy);
    status("degraded", HealthStats::degraded);
    status("unhealthy", HealthStats::unhealthy);
    status("unknown", HealthStats::unknown);
    status("drained", HealthStats::drained);
    meters.gauge(Catalogue.HEALTH_EFFECTIVE, checker, c -> c.stats().effective(), name);
    meters.gauge(Catalogue.HEALTH_PANIC, checker, c -> c.stats().panic() ? 1 : 0, name);
    checks("up", HealthStats::passed);
    checks("down", stats -> stats.failed() - stats.timeouts());
    checks("timeout", HealthStats::timeouts);
    checks("inconclusive", HealthStats::inconclusive);
    for (Status to : Status.values()) {
      String tag = to.name().toLowerCase(Locale.ROOT);
      transitions.put(to, meters.counter(Catalogue.HEALTH_TRANSITIONS, name, tag));
    }
    checker.onTransition(transition -> count(transition.to()));
  }

  /** A checker keeps its consumers: after the end they count into meters that are gone. */
  private void count(Status to) {
    Counter counter = transitions.get(to);
    if (counter != null) {
      counter.increment();
    }
  }

  private void status(String status, ToDoubleFunction<HealthStats> value) {
    meters.gauge(
        Catalogue.HEALTH_STATUS, checker, c -> value.applyAsDouble(c.stats()), name, status);
  }

  private void checks(String outcome, ToDoubleFunction<HealthStats> value) {
    meters.counter(
        Catalogue.HEALTH_CHECKS, checker, c -> value.applyAsDouble(c.stats()), name, outcome);
  }

  @Override
  public void close() {
    meters.close();
  }
}
