package io.spinforge.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.spinforge.metrics.bind.Binding;
import io.spinforge.metrics.bind.SystemBinding;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * Turns components into meters of a Micrometer registry, until closed. Thread-safe.
 *
 * <p>Each component is resolved into meters once; a member or an instance that appears later gets
 * its own then, and loses them when it leaves. Each module is optional: a host that has no cache
 * needs no {@code spinforge-cache}.
 */
public final class SpinForgeMetrics implements AutoCloseable {
  private final MeterRegistry registry;
  private final List<Binding> bindings;
  private final AtomicBoolean closed = new AtomicBoolean();

  private SpinForgeMetrics(MeterRegistry registry, List<Binding> bindings) {
    this.registry = registry;
    this.bindings = bindings;
  }

  /** Returns a builder that binds to this registry. */
  public static Builder builder(MeterRegistry registry) {
    return new Builder(Objects.requireNonNull(registry, "registry"));
  }

  /** Returns the registry that holds the meters. */
  public MeterRegistry registry() {
    return registry;
  }

  /** Removes every meter that was bound; the components are left as they are. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      Collections.reverse(bindings);
      bindings.forEach(Binding::close);
    }
  }

  /** What to bind. Not thread-safe. */
  public static final class Builder {
    private final MeterRegistry registry;
    private final Map<String, Function<MeterRegistry, Binding>> binders = new LinkedHashMap<>();

    private Builder(MeterRegistry registry) {
      this.registry = registry;
    }

    /**
     * Binds JVM, process and processors: {@code jvm.*}, {@code process.*}, {@code system.*} by
     * Micrometer's binders, those that the registry does not have yet.
     */
    public Builder system() {
      return add("system", SystemBinding::new);
    }

    private Builder add(String what, Function<MeterRegistry, Binding> binder) {
      if (binders.putIfAbsent(what, binder) != null) {
        throw new IllegalArgumentException(what + ": bound twice (expected: once)");
      }
      return this;
    }

    /** Registers the meters. */
    public SpinForgeMetrics build() {
      List<Binding> bindings = new ArrayList<>();
      binders.values().forEach(binder -> bindings.add(binder.apply(registry)));
      return new SpinForgeMetrics(registry, bindings);
    }
  }
}
