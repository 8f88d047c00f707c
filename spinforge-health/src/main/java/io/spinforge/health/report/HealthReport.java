package io.spinforge.health.report;

import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.HttpHandler;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The host's own health, asked of its components when somebody wants to know. Thread-safe.
 *
 * <p>All components of a group are asked at the same time, each at most once at a time, and what it
 * says serves everybody for a moment ({@link HealthReportBuilder#cacheFor}). One that does not
 * answer in time is down, and until it does nobody waits for it again.
 */
public final class HealthReport implements AutoCloseable {
  /** The group of what only a restart can mend. */
  public static final String LIVENESS = "liveness";

  /** The group of what must work before requests make sense. */
  public static final String READINESS = "readiness";

  private final Map<String, Component> components;
  private final Map<String, Set<String>> groups;
  private final Duration timeout;
  private final InstantSource clock;
  private final Duration cacheFor;
  private final boolean details;
  private final Asking asking;

  HealthReport(
      Map<String, Component> components,
      Map<String, Set<String>> groups,
      Duration timeout,
      Duration cacheFor,
      boolean details,
      InstantSource clock,
      Asking asking) {
    this.components = new LinkedHashMap<>(components);
    this.groups = Map.copyOf(groups);
    this.timeout = timeout;
    this.clock = clock;
    this.asking = asking;
    this.cacheFor = cacheFor;
    this.details = details;
  }

  /** Returns a builder without components. */
  public static HealthReportBuilder builder() {
    return new HealthReportBuilder();
  }

  /** Asks all components; waits for the slowest, at most the timeout. */
  public Report report() {
    return ask(components.keySet());
  }

  /**
   * Asks the components of a group; waits for the slowest, at most the timeout.
   *
   * @throws IllegalArgumentException if there is no such group
   */
  public Report report(String group) {
    Set<String> names = groups.get(requireNonNull(group, "group"));
    if (names == null) {
      throw new IllegalArgumentException(
          "group: " + group + " (expected: one of " + groups.keySet() + ")");
    }
    return ask(names);
  }

  /** Returns whether there is such a group; liveness and readiness always are. */
  public boolean hasGroup(String group) {
    return groups.containsKey(group);
  }

  /**
   * Returns a handler for the JDK's server: its context path answers for all components, {@code
   * /<group>} below it for a group, with 200 or 503. GET and HEAD only. Its server needs an
   * executor with threads, because a reply waits for its components.
   */
  public HttpHandler handler() {
    return new ReportHandler(this, cacheFor, details);
  }

  /** Ends the threads; components that have not answered by then are down. Idempotent. */
  @Override
  public void close() {
    asking.close();
  }

  private Report ask(Set<String> names) {
    List<Component> asked = new ArrayList<>();
    List<CompletableFuture<ComponentHealth>> answers = new ArrayList<>();
    components.forEach(
        (name, component) -> {
          if (names.contains(name)) {
            asked.add(component);
            answers.add(component.ask());
          }
        });
    await(answers);
    Map<String, ComponentHealth> healths = new LinkedHashMap<>();
    for (int i = 0; i < asked.size(); i++) {
      Component component = asked.get(i);
      healths.put(component.name(), component.answer(answers.get(i)));
    }
    ComponentStatus status =
        healths.isEmpty()
            ? ComponentStatus.UP
            : ComponentStatus.aggregate(
                healths.values().stream().map(ComponentHealth::status).toList());
    return new Report(status, healths, clock.instant());
  }

  private void await(List<CompletableFuture<ComponentHealth>> answers) {
    try {
      CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
          .get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      // Each component's answer is looked at below.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
