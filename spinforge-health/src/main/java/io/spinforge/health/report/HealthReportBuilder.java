package io.spinforge.health.report;

import static java.util.Objects.requireNonNull;

import io.spinforge.health.HealthChecker;
import io.spinforge.health.probe.Probe;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link HealthReport}. Every setter validates at once and may be called once; {@link
 * #build()} checks that groups name components. Not thread-safe.
 */
public final class HealthReportBuilder {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private final Map<String, Function<Asking, Supplier<CompletableFuture<ComponentHealth>>>>
      sources = new LinkedHashMap<>();
  private final Map<String, Set<String>> groups = new LinkedHashMap<>();
  private @Nullable Duration timeout;
  private @Nullable Duration cacheFor;
  private boolean details;
  private InstantSource clock = InstantSource.system();
  private LongSupplier ticker = System::nanoTime;

  HealthReportBuilder() {}

  /**
   * Adds a component that is asked by calling a function, on a thread that may block. If it throws
   * or returns null, it is down.
   *
   * @param name 1 to 64 letters, digits, dots, underscores and dashes
   */
  public HealthReportBuilder component(String name, Supplier<ComponentHealth> supplier) {
    requireNonNull(supplier, "supplier");
    return add(name, asking -> asking.of(supplier));
  }

  /**
   * Adds what a checker knows of its targets, see {@link ComponentHealth#of(
   * io.spinforge.health.HealthView)}; asks nobody.
   */
  public HealthReportBuilder component(String name, HealthChecker<?> checker) {
    requireNonNull(checker, "checker");
    return add(
        name,
        asking -> () -> CompletableFuture.completedFuture(ComponentHealth.of(checker.view())));
  }

  /** Adds a component that is probed whenever its last answer does not serve any more. */
  public <T> HealthReportBuilder component(String name, Probe<? super T> probe, T target) {
    requireNonNull(probe, "probe");
    requireNonNull(target, "target");
    return add(name, asking -> asking.of(probe, target));
  }

  /**
   * Sets the components that only a restart of the process can mend; default none, so that an
   * answer is all that is asked for. What lies outside of the process does not belong here: a
   * database that is away would have every instance restarted.
   */
  public HealthReportBuilder liveness(String... components) {
    return group(HealthReport.LIVENESS, components);
  }

  /** Sets the components that must work before requests make sense; default all. */
  public HealthReportBuilder readiness(String... components) {
    return group(HealthReport.READINESS, components);
  }

  /** Adds a group with a name of your own. */
  public HealthReportBuilder group(String name, String... components) {
    named("group", name);
    if (groups.putIfAbsent(name, new LinkedHashSet<>(List.of(components))) != null) {
      throw new IllegalStateException("group: " + name + " (expected: added once)");
    }
    return this;
  }

  /** Sets how long to wait for a component, 1 ms to 1 min; default 2 s. */
  public HealthReportBuilder timeout(Duration timeout) {
    if (this.timeout != null) {
      throw new IllegalStateException("timeout: already set to " + this.timeout);
    }
    this.timeout = within("timeout", timeout, Duration.ofMillis(1));
    return this;
  }

  /** Sets how long an answer serves everybody, 0 to 1 min; default 1 s. */
  public HealthReportBuilder cacheFor(Duration cacheFor) {
    if (this.cacheFor != null) {
      throw new IllegalStateException("cacheFor: already set to " + this.cacheFor);
    }
    this.cacheFor = within("cacheFor", cacheFor, Duration.ZERO);
    return this;
  }

  /**
   * Has HTTP replies name the components and what they say. Without it a reply is one status, which
   * tells a stranger nothing of the inside.
   */
  public HealthReportBuilder showDetails() {
    details = true;
    return this;
  }

  /** Sets the clock that dates reports; default the system's. */
  public HealthReportBuilder clock(InstantSource clock) {
    this.clock = requireNonNull(clock, "clock");
    return this;
  }

  HealthReportBuilder ticker(LongSupplier ticker) {
    this.ticker = ticker;
    return this;
  }

  /**
   * Builds the report.
   *
   * @throws IllegalStateException if a group names a component that was not added
   */
  public HealthReport build() {
    List<String> problems = new ArrayList<>();
    groups.forEach(
        (group, names) ->
            names.forEach(
                name -> {
                  if (!sources.containsKey(name)) {
                    problems.add(
                        "group "
                            + group
                            + ": "
                            + name
                            + " (expected: one of "
                            + new TreeSet<>(sources.keySet())
                            + ")");
                  }
                }));
    if (!problems.isEmpty()) {
      throw new IllegalStateException(String.join("; ", problems));
    }
    Duration wait = timeout == null ? Duration.ofSeconds(2) : timeout;
    Duration fresh = cacheFor == null ? Duration.ofSeconds(1) : cacheFor;
    Map<String, Set<String>> all = new LinkedHashMap<>(groups);
    all.putIfAbsent(HealthReport.LIVENESS, Set.of());
    all.putIfAbsent(HealthReport.READINESS, sources.keySet());
    Asking asking = new Asking("spinforge-health-report", wait, sources.size());
    Map<String, Component> components = new LinkedHashMap<>();
    sources.forEach(
        (name, source) ->
            components.put(
                name,
                new Component(
                    name, source.apply(asking), fresh.toNanos(), wait.toNanos(), ticker)));
    asking.start();
    return new HealthReport(components, all, wait, fresh, details, clock, asking);
  }

  private HealthReportBuilder add(
      String name, Function<Asking, Supplier<CompletableFuture<ComponentHealth>>> source) {
    named("component", name);
    if (sources.putIfAbsent(name, source) != null) {
      throw new IllegalStateException("component: " + name + " (expected: added once)");
    }
    return this;
  }

  private static void named(String what, String name) {
    if (!NAME.matcher(requireNonNull(name, what)).matches()) {
      throw new IllegalArgumentException(
          what + ": " + name + " (expected: 1 to 64 of A-Z a-z 0-9 . _ -)");
    }
  }

  private static Duration within(String name, Duration value, Duration least) {
    if (value.compareTo(least) < 0 || value.compareTo(Duration.ofMinutes(1)) > 0) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + least + " to PT1M)");
    }
    return value;
  }
}
