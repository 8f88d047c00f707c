package io.spinforge.metrics.bind;

import io.micrometer.core.instrument.MeterRegistry;
import io.spinforge.health.registry.RegistryStats;
import io.spinforge.health.registry.ServiceRegistry;
import java.util.function.ToDoubleFunction;

/** A service registry as meters. */
public final class RegistryBinding implements Binding {
  private final ServiceRegistry services;
  private final String name;
  private final MeterSet meters;

  private RegistryBinding(MeterRegistry registry, String name, ServiceRegistry services) {
    this.services = services;
    this.name = name;
    this.meters = new MeterSet(registry);
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
    gauge(Catalogue.REGISTRY_INSTANCES, RegistryStats::watchedInstances, name);
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
  }

  private void gauge(Catalogue what, ToDoubleFunction<RegistryStats> value, String... tags) {
    meters.gauge(what, services, s -> value.applyAsDouble(s.stats()), tags);
  }

  private void count(Catalogue what, ToDoubleFunction<RegistryStats> value) {
    meters.counter(what, services, s -> value.applyAsDouble(s.stats()), name);
  }

  @Override
  public void close() {
    meters.close();
  }
}
