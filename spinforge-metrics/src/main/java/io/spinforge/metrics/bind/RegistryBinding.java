package io.spinforge.metrics.bind;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.spinforge.health.registry.RegistryStats;
import io.spinforge.health.registry.ServiceRegistry;
import io.spinforge.health.registry.ServiceStats;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A service registry as meters. A service has its own from when it is first seen to be watched or
 * registered, until it is neither; whoever reads a meter looks for that, at most once a second.
 * Thread-safe.
 */
public final class RegistryBinding implements Binding {
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ServiceRegistry services;
  private final String name;
  private final MeterRegistry registry;
  private final Clock clock;
  private final MeterSet meters;
  private final Groups<String, Service> watched;
  private final Groups<String, Service> registered;

  /** Guards everything below. */
  private final ReentrantLock lock = new ReentrantLock();

  private Map<String, ServiceStats> seen = Map.of();
  private long seenAt;

  private RegistryBinding(MeterRegistry registry, String name, ServiceRegistry services) {
    this.services = services;
    this.name = name;
    this.registry = registry;
    this.clock = registry.config().clock();
    this.meters = new MeterSet(registry);
    this.watched =
        groups(Catalogue.REGISTRY_INSTANCES, (group, now) -> group.sum(s -> instances(now.get(s))));
    this.registered =
        groups(
            Catalogue.REGISTRY_HEARTBEAT_AGE, (group, now) -> group.max(s -> seconds(now.get(s))));
  }

  /** Returns whether this class binds such a component. */
  public static boolean accepts(Object component) {
    return component instanceof ServiceRegistry;
  }

  /** Binds a service registry, until the binding is closed. */
  public static Binding of(MeterRegistry registry, String name, Object services) {
    RegistryBinding binding = new RegistryBinding(registry, name, (ServiceRegistry) services);
    return Bindings.start(binding, binding::start);
  }

  private void start() {
    gauge(Catalogue.REGISTRY_REGISTRATIONS, RegistryStats::pending, name, "pending");
    gauge(Catalogue.REGISTRY_REGISTRATIONS, RegistryStats::active, name, "active");
    gauge(Catalogue.REGISTRY_REGISTRATIONS, RegistryStats::uncertain, name, "uncertain");
    gauge(Catalogue.REGISTRY_REGISTRATIONS, RegistryStats::fenced, name, "fenced");
    gauge(Catalogue.REGISTRY_SERVICES, RegistryStats::watchedServices, name, "watched");
    gauge(Catalogue.REGISTRY_SERVICES, RegistryStats::protectedServices, name, "protected");
    gauge(Catalogue.REGISTRY_SERVICES, RegistryStats::unreachableServices, name, "unreachable");
    count(Catalogue.REGISTRY_HEARTBEATS, RegistryStats::heartbeats);
    count(Catalogue.REGISTRY_FAILURES, RegistryStats::storeFailures);
    count(Catalogue.REGISTRY_REREGISTRATIONS, RegistryStats::reregistrations);
    lock.lock();
    try {
      look(clock.monotonicTime());
    } finally {
      lock.unlock();
    }
  }

  private void gauge(Catalogue what, ToDoubleFunction<RegistryStats> value, String... tags) {
    meters.gauge(
        what,
        this,
        binding -> {
          binding.look();
          return value.applyAsDouble(binding.services.stats());
        },
        tags);
  }

  private void count(Catalogue what, ToDoubleFunction<RegistryStats> value) {
    meters.counter(what, services, s -> value.applyAsDouble(s.stats()), name);
  }

  private Map<String, ServiceStats> look() {
    lock.lock();
    try {
      long now = clock.monotonicTime();
      if (now - seenAt >= FRESH_NANOS) {
        look(now);
      }
      return seen;
    } finally {
      lock.unlock();
    }
  }

  private void look(long now) {
    Map<String, ServiceStats> before = seen;
    seenAt = now;
    seen = services.serviceStats();
    update(watched, before, ServiceStats::watched);
    update(registered, before, stats -> stats.heartbeatAge() != null);
  }

  private void update(
      Groups<String, Service> groups,
      Map<String, ServiceStats> before,
      Predicate<ServiceStats> belongs) {
    for (String service : before.keySet()) {
      ServiceStats stats = seen.get(service);
      if (stats == null || !belongs.test(stats)) {
        groups.leave(service);
      }
    }
    seen.forEach(
        (service, stats) -> {
          if (belongs.test(stats)) {
            groups.join(service);
          }
        });
  }

  /** Returns groups with one meter, whose value is of the services in it and what they are now. */
  private Groups<String, Service> groups(
      Catalogue what, ToDoubleBiFunction<Service, Map<String, ServiceStats>> value) {
    return new Groups<>(
        "service",
        service -> service,
        service -> {
          Service group = new Service(registry);
          group.meters.gauge(what, group, g -> value.applyAsDouble(g, look()), name, service);
          return group;
        });
  }

  private static double instances(@Nullable ServiceStats stats) {
    return stats == null ? 0 : stats.instances();
  }

  private static double seconds(@Nullable ServiceStats stats) {
    Duration age = stats == null ? null : stats.heartbeatAge();
    return age == null ? Double.NaN : age.toNanos() / 1e9;
  }

  @Override
  public void close() {
    watched.close();
    registered.close();
    meters.close();
  }

  /** The meter of the services of one name. */
  private static final class Service extends Groups.Group<String> {
    final MeterSet meters;

    Service(MeterRegistry registry) {
      this.meters = new MeterSet(registry);
    }

    @Override
    void close() {
      meters.close();
    }
  }
}
