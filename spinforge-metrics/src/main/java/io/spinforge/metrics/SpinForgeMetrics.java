package io.spinforge.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.spinforge.metrics.bind.Binding;
import io.spinforge.metrics.bind.Component;
import io.spinforge.metrics.bind.HealthBinding;
import io.spinforge.metrics.bind.HostBinding;
import io.spinforge.metrics.bind.SystemBinding;
import io.spinforge.metrics.page.Page;
import io.spinforge.metrics.system.LinuxFiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns components into meters of a Micrometer registry, until closed. Thread-safe.
 *
 * <p>Each component is resolved into meters once; a member that appears later gets its own then,
 * and loses them when it leaves. The meters hold their components strongly, so nothing turns to NaN
 * because a host dropped this object. Each module is optional: a host without a cache needs no
 * {@code spinforge-cache}, neither to run nor to compile.
 */
public final class SpinForgeMetrics implements AutoCloseable {
  private final MeterRegistry registry;
  private final List<Binding> bindings;
  private final List<Page.Part> parts;
  private final Function<Object, String> naming;
  private final AtomicBoolean closed = new AtomicBoolean();

  private SpinForgeMetrics(
      MeterRegistry registry,
      List<Binding> bindings,
      List<Page.Part> parts,
      Function<Object, String> naming) {
    this.registry = registry;
    this.bindings = bindings;
    this.parts = parts;
    this.naming = naming;
  }

  /** Returns a builder that binds to this registry. */
  public static Builder builder(MeterRegistry registry) {
    return new Builder(Objects.requireNonNull(registry, "registry"));
  }

  /** Returns the registry that holds the meters. */
  public MeterRegistry registry() {
    return registry;
  }

  /** Returns the components, in the order they were bound. */
  List<Page.Part> parts() {
    return parts;
  }

  /** Returns how members are named. */
  Function<Object, String> naming() {
    return naming;
  }

  /** Removes every meter that was bound; the components are left as they are. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      bindings.forEach(Binding::close);
    }
  }

  /**
   * What to bind. Not thread-safe.
   *
   * <p>{@code bind} takes {@code Object}, because overloads for types of absent modules would keep
   * a host without them from compiling; what it takes is listed there and checked at once.
   */
  public static final class Builder {
    private final MeterRegistry registry;
    private final List<Bound> bound = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private @Nullable Function<Object, String> memberName;
    private boolean system;

    private record Bound(Component kind, String name, Object component) {}

    private Builder(MeterRegistry registry) {
      this.registry = registry;
    }

    /**
     * Binds a component under its own name, or {@code default} if it has none.
     *
     * @param component a CacheManager, LoadBalancer, HealthChecker, ServiceRegistry, Autoscaler or
     *     HikariDataSource
     */
    public Builder bind(Object component) {
      Component kind = kind(component);
      return bind(kind, kind.nameOf(component), component);
    }

    /**
     * Binds a component.
     *
     * @param name stands in the tag that tells components of a kind apart; a checker and the
     *     balancer it feeds may share one, and {@code spinforge.balance.members} then has the state
     *     {@code down}, too
     * @param component a CacheManager, LoadBalancer, HealthChecker, ServiceRegistry, Autoscaler or
     *     HikariDataSource
     */
    public Builder bind(String name, Object component) {
      if (name.isBlank()) {
        throw new IllegalArgumentException("name: \"" + name + "\" (expected: not blank)");
      }
      return bind(kind(component), name, component);
    }

    private static Component kind(Object component) {
      Objects.requireNonNull(component, "component");
      Component kind = Component.of(component);
      if (kind == null) {
        String types =
            Arrays.stream(Component.values())
                .map(Component::type)
                .collect(Collectors.joining(", "));
        throw new IllegalArgumentException(
            "component: " + component.getClass().getName() + " (expected: one of " + types + ")");
      }
      return kind;
    }

    private Builder bind(Component kind, String name, Object component) {
      if (!names.add(kind + " " + name)) {
        throw new IllegalStateException(
            "name: a second " + kind.type() + " named " + name + " (expected: each name once)");
      }
      bound.add(new Bound(kind, name, component));
      return this;
    }

    /** Sets how members of a balancer are named in tags; default {@link Object#toString}. */
    public Builder memberName(Function<Object, String> memberName) {
      if (this.memberName != null) {
        throw new IllegalStateException("memberName: set twice (expected: once)");
      }
      this.memberName = Objects.requireNonNull(memberName, "memberName");
      return this;
    }

    /**
     * Binds JVM, process and processors: {@code jvm.*}, {@code process.*}, {@code system.*} by
     * Micrometer's binders, those that the registry does not have yet. On Linux also the container
     * (control groups of version 1 or 2) and the host: {@code spinforge.container.*}, {@code
     * spinforge.host.*}, as far as the machine tells.
     */
    public Builder system() {
      if (system) {
        throw new IllegalStateException("system: bound twice (expected: once)");
      }
      system = true;
      return this;
    }

    /**
     * Registers the meters.
     *
     * @throws IllegalStateException if the registry has meters of a component's name already;
     *     nothing stays registered then
     */
    public SpinForgeMetrics build() {
      List<Binding> bindings = new ArrayList<>();
      Function<Object, String> naming = memberName == null ? String::valueOf : memberName;
      try {
        for (Bound next : bound) {
          bindings.add(next.kind.bind(registry, next.name, next.component, naming));
          if (next.kind == Component.CHECKER
              && names.contains(Component.BALANCER + " " + next.name)) {
            bindings.add(HealthBinding.down(registry, next.name, next.component));
          }
        }
        if (system) {
          bindings.add(new SystemBinding(registry));
          bindings.add(HostBinding.of(registry, LinuxFiles.ofThisMachine()));
        }
      } catch (RuntimeException e) {
        bindings.forEach(Binding::close);
        throw e;
      }
      List<Page.Part> parts =
          bound.stream().map(b -> new Page.Part(b.kind, b.name, b.component)).toList();
      return new SpinForgeMetrics(registry, bindings, parts, naming);
    }
  }
}
