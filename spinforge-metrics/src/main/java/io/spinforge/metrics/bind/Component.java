package io.spinforge.metrics.bind;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of components that can be bound. Each is recognized by a class of its own, which is
 * loaded no sooner than it is asked; where its module is absent, nothing can be of its kind.
 */
public enum Component {
  /** A CacheManager. */
  CACHE("CacheManager", c -> CacheBinding.accepts(c), c -> CacheBinding.name(c)),
  /** A LoadBalancer. */
  BALANCER("LoadBalancer", c -> BalanceBinding.accepts(c), c -> "default"),
  /** A HealthChecker. */
  CHECKER("HealthChecker", c -> HealthBinding.accepts(c), c -> "default"),
  /** A ServiceRegistry. */
  REGISTRY("ServiceRegistry", c -> RegistryBinding.accepts(c), c -> "default"),
  /** An Autoscaler. */
  SCALER("Autoscaler", c -> ScalingBinding.accepts(c), c -> ScalingBinding.name(c));

  private final String type;
  private final Predicate<Object> accepting;
  private final Function<Object, String> naming;

  Component(String type, Predicate<Object> accepting, Function<Object, String> naming) {
    this.type = type;
    this.accepting = accepting;
    this.naming = naming;
  }

  /** Returns the kind of a component, or null if it is none of these. */
  public static @Nullable Component of(Object component) {
    for (Component kind : values()) {
      try {
        if (kind.accepting.test(component)) {
          return kind;
        }
      } catch (NoClassDefFoundError absent) {
        continue;
      }
    }
    return null;
  }

  /** Returns the name of the type that hosts know. */
  public String type() {
    return type;
  }

  /** Returns the name a component has by itself, else {@code default}. */
  public String nameOf(Object component) {
    return naming.apply(component);
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
    };
  }
}
