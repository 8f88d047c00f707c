package io.spinforge.metrics.page;

import com.zaxxer.hikari.HikariDataSource;
import io.spinforge.balance.LoadBalancer;
import io.spinforge.cache.CacheManager;
import io.spinforge.health.HealthChecker;
import io.spinforge.health.registry.ServiceRegistry;
import io.spinforge.metrics.bind.Component;
import io.spinforge.scaling.Autoscaler;
import java.time.InstantSource;
import java.util.function.Function;

/** Makes the panel of a component. Only the branch that is taken loads a module's classes. */
final class Panels {
  private Panels() {}

  static Panel of(
      Page.Part part,
      String id,
      Function<Object, String> naming,
      MeterIndex meters,
      InstantSource clock,
      Clocking clocking) {
    Object component = part.component();
    return switch (part.kind()) {
      case CACHE -> cache(id, part.name(), component, meters, clocking);
      case BALANCER -> balancer(id, part.name(), component, naming, clock, clocking);
      case CHECKER -> checker(id, part.name(), component, naming, clocking);
      case REGISTRY -> registry(id, part.name(), component);
      case SCALER -> scaler(id, part.name(), component, clocking);
      case POOL -> pool(id, part.name(), component, meters, clocking);
    };
  }

  private static Panel cache(
      String id, String name, Object cache, MeterIndex meters, Clocking clocking) {
    return new CachePanel(id, name, (CacheManager) cache, meters, clocking);
  }

  private static Panel balancer(
      String id,
      String name,
      Object balancer,
      Function<Object, String> naming,
      InstantSource clock,
      Clocking clocking) {
    return new BalancePanel<>(id, name, (LoadBalancer<?>) balancer, naming, clock, clocking);
  }

  private static Panel checker(
      String id, String name, Object checker, Function<Object, String> naming, Clocking clocking) {
    return new HealthPanel<>(id, name, (HealthChecker<?>) checker, naming, clocking);
  }

  private static Panel registry(String id, String name, Object registry) {
    return new RegistryPanel(id, name, (ServiceRegistry) registry);
  }

  private static Panel scaler(String id, String name, Object scaler, Clocking clocking) {
    return new ScalingPanel(id, name, (Autoscaler) scaler, clocking);
  }

  private static Panel pool(
      String id, String name, Object pool, MeterIndex meters, Clocking clocking) {
    return new PoolPanel(id, name, (HikariDataSource) pool, meters, clocking);
  }

  /** Returns where a kind stands on the page. */
  static int order(Component kind) {
    return switch (kind) {
      case BALANCER -> 0;
      case CACHE -> 1;
      case CHECKER -> 2;
      case SCALER -> 3;
      case POOL -> 4;
      case REGISTRY -> 5;
    };
  }
}
