package io.spinforge.metrics.bind;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of components that can be bound. Each is recognized by a class of its own, which is
 * loaded no sooner than it is asked; where its module is absent, nothing can be of its kind.
 */
public enum Component {
  /** A CacheManager. */
  CACHE("CacheManager"),
  /** A LoadBalancer. */
  BALANCER("LoadBalancer"),
  /** A HealthChecker. */
  CHECKER("HealthChecker"),
  /** A ServiceRegistry. */
  REGISTRY("ServiceRegistry"),
  /** An Autoscaler. */
  SCALER("Autoscaler"),
  /** A pool of database connections. */
  POOL("HikariDataSource");

  private final String type;

  Component(String type) {
    this.type = type;
  }

  /** Returns the kind of a component, or null if it is none of these. */
  public static @Nullable Component of(Object component) {
    for (Component kind : values()) {
      if (kind.accepts(component)) {
        return kind;
      }
    }
    return null;
  }

  private boolean accepts(Object component) {
    try {
      return switch (this) {
        case CACHE -> CacheBinding.accepts(component);
        case BALANCER -> BalanceBinding.accepts(component);
        case CHECKER -> HealthBinding.accepts(component);
        case REGISTRY -> RegistryBinding.accepts(component);
        case SCALER -> ScalingBinding.accepts(component);
        case POOL -> PoolBinding.accepts(component);
      };
    } catch (NoClassDefFoundError absent) {
      return false;
    }
  }

  /** Returns the name of the type that hosts know. */
  public String type() {
    return type;
  }

  /** Returns the name a component has by itself, else {@code default}. */
  public String nameOf(Object component) {
    return switch (this) {
      case CACHE -> CacheBinding.name(component);
      case SCALER -> ScalingBinding.name(component);
      case POOL -> PoolBinding.name(component);
      case BALANCER, CHECKER, REGISTRY -> "default";
    };
  }

  /** Binds a component of this kind. */
  public Binding bind(
      MeterRegistry registry,
      String name,
      Object component,
      Function<Object, String> memberNaming) {
    return switch (this) {
      case CACHE -> CacheBinding.of(registry, name, component);
      case BALANCER -> BalanceBinding.of(registry, name, component, memberNaming);
      case CHECKER -> HealthBinding.of(registry, name, component);
      case REGISTRY -> RegistryBinding.of(registry, name, component);
      case SCALER -> ScalingBinding.of(registry, name, component);
      case POOL -> PoolBinding.of(registry, name, component);
    };
  }
}
