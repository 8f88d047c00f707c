package io.spinforge.metrics.bind;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.spinforge.health.HealthChecker;
import io.spinforge.health.HealthListener;
import io.spinforge.health.HealthStats;
import io.spinforge.health.Status;
import io.spinforge.health.Transition;
import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.ProbeResult;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** A health checker as meters. */
public final class HealthBinding implements Binding {
  private final HealthChecker<?> checker;
  private final String name;
  private final MeterSet meters;

  /** Made by the start, which the end may follow before that. */
  private @Nullable HealthListener<Object> listener;

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

  /**
   * Binds how many members the balancer of the same name lacks because this checker found them
   * unfit: none while it panics, for then they are offered all the same.
   */
  public static Binding down(MeterRegistry registry, String name, Object checker) {
    MeterSet meters = new MeterSet(registry);
    meters.gauge(
        Catalogue.BALANCE_MEMBERS, (HealthChecker<?>) checker, HealthBinding::down, name, "down");
    return meters::close;
  }

  /** Returns what hears a checker, for a test of what it costs. */
  static HealthListener<Object> listener(MeterRegistry registry, String name) {
    return new Listener(new MeterSet(registry), name);
  }

  private static double down(HealthChecker<?> checker) {
    HealthStats stats = checker.stats();
    return stats.panic() ? 0 : stats.unhealthy();
  }

  private void start() {
    status("healthy", HealthStats::healthy);
    status("degraded", HealthStats::degraded);
    status("unhealthy", HealthStats::unhealthy);
    status("unknown", HealthStats::unknown);
    status("drained", HealthStats::drained);
    meters.gauge(Catalogue.HEALTH_EFFECTIVE, checker, c -> c.stats().effective(), name);
    meters.gauge(Catalogue.HEALTH_PANIC, checker, c -> c.stats().panic() ? 1 : 0, name);
    HealthListener<Object> hears = new Listener(meters, name);
    listener = hears;
    checker.addListener(hears);
  }

  private void status(String status, ToDoubleFunction<HealthStats> value) {
    meters.gauge(
        Catalogue.HEALTH_STATUS, checker, c -> value.applyAsDouble(c.stats()), name, status);
  }

  @Override
  public void close() {
    if (listener != null) {
      checker.removeListener(listener);
    }
    meters.close();
  }

  /** Probes are heard on the checker's I/O thread: no look-up by name, nothing allocated. */
  private static final class Listener implements HealthListener<Object> {
    private final Timer up;
    private final Timer down;
    private final Timer timeout;
    private final Timer error;
    private final Map<Status, Counter> transitions = new EnumMap<>(Status.class);

    Listener(MeterSet meters, String name) {
      up = meters.timer(Catalogue.HEALTH_CHECKS, name, "up");
      down = meters.timer(Catalogue.HEALTH_CHECKS, name, "down");
      timeout = meters.timer(Catalogue.HEALTH_CHECKS, name, "timeout");
      error = meters.timer(Catalogue.HEALTH_CHECKS, name, "error");
      for (Status to : Status.values()) {
        String tag = to.name().toLowerCase(Locale.ROOT);
        transitions.put(to, meters.counter(Catalogue.HEALTH_TRANSITIONS, name, tag));
      }
    }

    @Override
    public void onProbe(Object target, ProbeResult result, long nanos) {
      timer(result).record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer timer(ProbeResult result) {
      return switch (result.verdict()) {
        case HEALTHY, DEGRADED -> up;
        case FAILED, FAILED_NOW -> result.failure() == Failure.TIMEOUT ? timeout : down;
        case INCONCLUSIVE -> error;
      };
    }

    @Override
    public void onTransition(Transition<?> transition) {
      Counter counter = transitions.get(transition.to());
      if (counter != null) {
        counter.increment();
      }
    }
  }
}
