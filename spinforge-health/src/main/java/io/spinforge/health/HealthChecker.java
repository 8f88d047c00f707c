package io.spinforge.health;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Probes targets and tells which are fit for traffic. Thread-safe.
 *
 * <p>Targets are values with {@code equals} and {@code hashCode}. A new target is {@link
 * Status#UNKNOWN}; its first result decides. After that {@code fall} failures in a row make it
 * unhealthy and {@code rise} passed probes in a row make it fit again; a refused connection makes
 * it unhealthy at once. A pause of the checker itself never does: time in which the checker could
 * not look is not held against a target.
 *
 * <p>One daemon thread probes and one calls listeners; both end with {@link #close()}. After that
 * all methods can still be called: the view stays as it was and changes are ignored.
 *
 * @param <T> the type of the targets
 */
public interface HealthChecker<T> extends AutoCloseable {

  /** Returns a builder with the documented defaults; only the probe must be set. */
  static <T> HealthCheckerBuilder<T> builder() {
    return new HealthCheckerBuilder<>();
  }

  /**
   * Replaces the list of targets. The view shows the new list when this returns.
   *
   * <p>Targets that are equal to a listed one keep its state, phase and drain; the new value takes
   * the place of the old one in all lists, and in probes from the next round on. Targets that are
   * not in the collection any more are forgotten, and late results of them are dropped. Equal
   * elements count once. O(n).
   *
   * @throws NullPointerException if an element is null; nothing has changed then
   */
  void targets(Collection<? extends T> targets);

  /**
   * Adds a consumer of the effective list. It is called with the present list, if there is one, and
   * then whenever the list has changed: on the listener thread, with the latest list only. The
   * first change is told at once; while changes go on, the time between two calls grows from 10 ms
   * to 500 ms. A consumer that throws is logged once and called again; one that blocks delays other
   * listeners, never the probing.
   */
  void onChange(Consumer<? super List<T>> consumer);

  /**
   * Adds a consumer of transitions. It is called on the listener thread for every change of status,
   * in order. If listeners fall more than 100,000 transitions behind, the oldest are dropped and
   * counted.
   */
  void onTransition(Consumer<? super Transition<T>> consumer);

  /** Adds a listener of every probe and transition. */
  void addListener(HealthListener<? super T> listener);

  /** Removes a listener; a call that has begun goes on. Does nothing if it was not added. */
  void removeListener(HealthListener<? super T> listener);

  /** Returns what the checker believes now. One volatile read, no allocation. */
  HealthView<T> view();

  /** Returns the healthy targets of {@link #view()}; for traffic take the effective ones. */
  default List<T> healthy() {
    return view().healthy();
  }

  /** Returns what is known of a target, or nothing if it is not listed. */
  Optional<Health> healthOf(T target);

  /**
   * Tells that the target has failed elsewhere, for example in a request. That alone changes
   * nothing; it starts a confirming probe at once, at most one per {@code fastInterval}. A target
   * that is not listed is ignored.
   */
  void reportFailure(T target, Throwable cause);

  /**
   * Takes the target out of the effective list for as long as it is listed, panic or not. It is
   * still probed.
   *
   * @return whether the target is listed
   */
  boolean drain(T target);

  /**
   * Stops probing the target for as long as it is listed, or until {@link #resume}, and closes its
   * connection. Its status stays as it is, a running probe's result is dropped, reported failures
   * are ignored. For work on the health endpoint itself; to keep traffic away, {@link #drain}.
   *
   * @return whether the target is listed
   */
  boolean suspend(T target);

  /**
   * Probes a suspended target again, at once; does nothing if it is not suspended.
   *
   * @return whether the target is listed
   */
  boolean resume(T target);

  /**
   * Returns a future that completes with the view in which, for the first time, there are targets
   * and none that is probed is unknown, or with a {@link
   * java.util.concurrent.CancellationException} by {@link #close()}. Completes on the listener
   * thread.
   */
  CompletableFuture<HealthView<T>> ready();

  /** Returns counters and gauges. */
  HealthStats stats();

  /**
   * Returns in a few lines, for people, why the effective list is what it is: the counts and the
   * arithmetic of panic, the checker's own health, and up to 20 targets that are not fit, with the
   * last result of each. O(n).
   */
  String explain();

  /**
   * Stops probing and calling listeners, and closes every connection. Idempotent; waits for both
   * threads, at most two seconds each.
   */
  @Override
  void close();
}
