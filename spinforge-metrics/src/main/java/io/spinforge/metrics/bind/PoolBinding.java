package io.spinforge.metrics.bind;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.spinforge.metrics.jdbc.Finding;
import io.spinforge.metrics.jdbc.ObservedPool;
import io.spinforge.metrics.jdbc.Operation;
import io.spinforge.metrics.jdbc.QueryMeters;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A pool as meters: HikariCP's own, {@code hikaricp.*}, and the queries if the pool is observed. A
 * pool has one place for HikariCP's: where the host has taken it, they are left as they are.
 */
public final class PoolBinding implements Binding {
  private final HikariDataSource pool;
  private final String name;
  private final MeterRegistry registry;
  private final MeterSet meters;
  private boolean trackerIsOurs;
  private @Nullable Queries queries;

  private PoolBinding(MeterRegistry registry, String name, HikariDataSource pool) {
    this.registry = registry;
    this.name = name;
    this.pool = pool;
    this.meters = new MeterSet(registry);
  }

  /** Returns whether this class binds such a component. */
  public static boolean accepts(Object component) {
    return component instanceof HikariDataSource;
  }

  /** Returns the component's own name. */
  public static String name(Object pool) {
    String name = ((HikariDataSource) pool).getPoolName();
    return name == null ? "default" : name;
  }

  /** Binds a pool, until the binding is closed. */
  public static Binding of(MeterRegistry registry, String name, Object pool) {
    PoolBinding binding = new PoolBinding(registry, name, (HikariDataSource) pool);
    return Bindings.start(binding, binding::start);
  }

  private void start() {
    if (observed() != null) {
      queries = new Queries(meters, name);
    }
    if (pool.getMetricRegistry() == null && pool.getMetricsTrackerFactory() == null) {
      pool.setMetricRegistry(registry);
      trackerIsOurs = true;
    }
    // Last, so that nothing is heard of a binding that failed.
    ObservedPool observed = observed();
    if (observed != null && queries != null) {
      observed.observe(queries);
    }
  }

  /** Returns the pool as one that hears of its queries, or null if it does not. */
  private @Nullable ObservedPool observed() {
    return isObserved(pool) ? (ObservedPool) pool : null;
  }

  /** A pool of the host's own needs no artifact of the observed one. */
  private static boolean isObserved(HikariDataSource pool) {
    try {
      return pool instanceof ObservedPool;
    } catch (NoClassDefFoundError absent) {
      return false;
    }
  }

  @Override
  public void close() {
    ObservedPool observed = observed();
    if (observed != null && queries != null) {
      observed.forget(queries);
    }
    meters.close();
    if (trackerIsOurs) {
      List<Meter> trackers =
          registry.getMeters().stream()
              .filter(meter -> meter.getId().getName().startsWith("hikaricp."))
              .filter(meter -> name(pool).equals(meter.getId().getTag("pool")))
              .toList();
      trackers.forEach(registry::remove);
    }
  }

  /** The meters of the queries, all there from the beginning: there are few. */
  private static final class Queries implements QueryMeters {
    private final Map<Operation, Timer> successes = new EnumMap<>(Operation.class);
    private final Map<Operation, Timer> failures = new EnumMap<>(Operation.class);
    private final Map<Finding, Counter> findings = new EnumMap<>(Finding.class);

    Queries(MeterSet meters, String pool) {
      for (Operation each : Operation.values()) {
        successes.put(each, meters.timer(Catalogue.JDBC_QUERIES, pool, each.tag(), "success"));
        failures.put(each, meters.timer(Catalogue.JDBC_QUERIES, pool, each.tag(), "failure"));
      }
      for (Finding each : Finding.values()) {
        findings.put(each, meters.counter(Catalogue.JDBC_FINDINGS, pool, each.tag()));
      }
    }

    @Override
    public void query(Operation operation, boolean failed, long nanos) {
      Timer timer = (failed ? failures : successes).get(operation);
      if (timer != null) {
        timer.record(nanos, TimeUnit.NANOSECONDS);
      }
    }

    @Override
    public void finding(Finding finding) {
      Counter counter = findings.get(finding);
      if (counter != null) {
        counter.increment();
      }
    }
  }
}
