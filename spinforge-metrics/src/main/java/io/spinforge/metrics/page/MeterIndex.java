package io.spinforge.metrics.page;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The meters of a registry by name, as of some looks ago: a registry that is asked by name walks
 * all of its meters each time. Not thread-safe.
 */
final class MeterIndex {
  /** Looks until meters that are new are noticed. */
  private static final int REFRESH = 10;

  private final MeterRegistry registry;
  private Map<String, List<Meter>> byName = Map.of();
  private int age = REFRESH;

  MeterIndex(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Notices new meters, now and then. */
  void refresh() {
    if (age++ < REFRESH) {
      return;
    }
    age = 1;
    Map<String, List<Meter>> found = new HashMap<>();
    for (Meter meter : registry.getMeters()) {
      found.computeIfAbsent(meter.getId().getName(), name -> new ArrayList<>()).add(meter);
    }
    byName = found;
  }

  List<Meter> named(String name) {
    return byName.getOrDefault(name, List.of());
  }

  int size() {
    return byName.values().stream().mapToInt(List::size).sum();
  }

  /** Returns the sum of counters, or the counts of timers, that are numbers; NaN if none is. */
  double count(String name, Predicate<Meter.Id> which) {
    double sum = Double.NaN;
    for (Meter meter : named(name)) {
      if (which.test(meter.getId())) {
        double value =
            meter instanceof Counter counter
                ? counter.count()
                : meter instanceof FunctionCounter counter
                    ? counter.count()
                    : meter instanceof Timer timer ? (double) timer.count() : 0;
        sum = plus(sum, value);
      }
    }
    return sum;
  }

  /** Returns the sum of timers in seconds; NaN if there is none. */
  double seconds(String name, Predicate<Meter.Id> which) {
    double sum = Double.NaN;
    for (Meter meter : named(name)) {
      if (meter instanceof Timer timer && which.test(meter.getId())) {
        sum = plus(sum, timer.totalTime(TimeUnit.SECONDS));
      }
    }
    return sum;
  }

  /** Returns the sum of gauges that are numbers; NaN if none is. */
  double gauge(String name, Predicate<Meter.Id> which) {
    double sum = Double.NaN;
    for (Meter meter : named(name)) {
      if (meter instanceof Gauge gauge && which.test(meter.getId())) {
        sum = plus(sum, gauge.value());
      }
    }
    return sum;
  }

  /** Adds what is a number: a gauge whose state has gone is none, and would make the sum none. */
  private static double plus(double sum, double value) {
    return Double.isNaN(sum) ? value : Double.isNaN(value) ? sum : sum + value;
  }

  static Predicate<Meter.Id> any() {
    return id -> true;
  }

  static Predicate<Meter.Id> tag(String key, String value) {
    return id -> value.equals(id.getTag(key));
  }
}
