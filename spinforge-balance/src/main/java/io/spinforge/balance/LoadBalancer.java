package io.spinforge.balance;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Chooses a backend for each request and learns from how it answered.
 *
 * <p>A choice reads one immutable snapshot, takes no lock and allocates nothing; an update or an
 * ejection publishes another snapshot. There are no threads and no timers: what is due is done by
 * the first caller who comes after the time. Only a {@link Hedge} has to begin when nobody comes:
 * all balancers share one daemon thread for that, which ends when it is idle. Thread-safe; owns
 * nothing that must be closed.
 *
 * @param <T> what is balanced: an address, a client, a connection pool; equal values are one member
 */
public interface LoadBalancer<T> {
  /** Returns a builder. */
  static <T> LoadBalancerBuilder<T> builder() {
    return new LoadBalancerBuilder<>();
  }

  /**
   * Replaces the members. All at once: when this returns, no choice that begins returns a member
   * that is not in the collection. Duplicates become one member with their weights added; members
   * that stay keep everything learned about them.
   *
   * @throws IllegalArgumentException if a value is null or a weight is not 0 to 65,536; names all
   *     of them, and the members stay as they were
   */
  void update(Collection<? extends T> values);

  /**
   * Chooses a member and leaves no trace of it.
   *
   * @throws NoMembersException if there is none to choose
   * @throws IllegalStateException if the policy chooses by a key; so it is with every method that
   *     chooses without one
   */
  Member<T> pick();

  /**
   * Chooses the member that a key belongs to, and leaves no trace. The same hash means the same
   * member, for every caller whose balancer has the same members and policy: see {@link
   * Policy#maglev}. Policies that do not choose by a key ignore it.
   *
   * @param hash of the key, any number: it need not be well mixed
   * @throws NoMembersException if there is none to choose
   */
  Member<T> pick(long hash);

  /** Chooses as {@link #pick()} does; null if there is none to choose. */
  @Nullable Member<T> pickOrNull();

  /**
   * Chooses a member and counts the request in flight, in one step. Next call {@link
   * Member#begin()}, and when the request is over, {@link Member#end}, once. Allocates nothing.
   *
   * @throws NoMembersException if there is none to choose
   */
  Member<T> acquire();

  /**
   * Chooses as {@link #pick(long)} does and counts as {@link #acquire()} does.
   *
   * @param hash of the key
   * @throws NoMembersException if there is none to choose
   */
  Member<T> acquire(long hash);

  /**
   * Acquires a member that is not among these, for whoever makes a second attempt; null if there is
   * no other to choose. Where the policy insists on those it is the least loaded of the others, of
   * another priority or zone if need be; never one that drains, and one that is ejected only in
   * panic. O(members) then.
   *
   * @param tried members of this balancer
   */
  @Nullable Member<T> acquireOther(Collection<Member<T>> tried);

  /**
   * Acquires the first member in a key's own order that is not among these. O(members).
   *
   * @param hash of the key
   * @param tried members of this balancer
   */
  @Nullable Member<T> acquireOther(long hash, Collection<Member<T>> tried);

  /**
   * Acquires and begins, for try-with-resources. A lease that is closed without an outcome counts
   * as {@link Outcome#CANCELLED}; one that is lost without being closed is found when the garbage
   * collector has taken it, ends as cancelled too, and is counted.
   *
   * @throws NoMembersException if there is none to choose
   */
  Lease<T> lease();

  /**
   * Does the same with a member that is chosen by a key.
   *
   * @param hash of the key
   * @throws NoMembersException if there is none to choose
   */
  Lease<T> lease(long hash);

  /**
   * Calls a function with a member's value, reports how it went, tries another member when it
   * failed and {@link Retry} allows, and asks one beside it when it is late and {@link Hedge} says
   * so: then the function may run on another thread at the same time.
   *
   * @return the reply of the first attempt that did not fail, or else of the last one
   * @throws X what the last attempt threw, with the failures before it suppressed
   * @throws NoMembersException if there is none to choose
   */
  <R, X extends Exception> R call(Call<? super T, ? extends R, X> call) throws X;

  /**
   * Does the same for a key: the first attempt goes to its member, each further one to the next
   * member in that key's own order.
   *
   * @param hash of the key
   */
  <R, X extends Exception> R call(long hash, Call<? super T, ? extends R, X> call) throws X;

  /**
   * Does the same without waiting. The function must not block. Cancelling the future ends the
   * request as {@link Outcome#CANCELLED} and cancels the attempts under way.
   *
   * @return a future that never completes later than the last attempt's stage
   */
  <R> CompletableFuture<R> callAsync(
      Function<? super T, ? extends CompletionStage<? extends R>> call);

  /**
   * Does the same for a key, as {@link #call(long, Call)} does.
   *
   * @param hash of the key
   */
  <R> CompletableFuture<R> callAsync(
      long hash, Function<? super T, ? extends CompletionStage<? extends R>> call);

  /** Returns the members as they stand. */
  Snapshot<T> snapshot();

  /** Returns counters and gauges; costs one pass over the members. */
  BalancerStats stats();

  /** Adds a listener, which hears {@link BalancerListener#onAdded} of every member right away. */
  void addListener(BalancerListener<T> listener);

  /** Removes a listener that was added. */
  void removeListener(BalancerListener<T> listener);

  /**
   * What to do with a member's value.
   *
   * @param <T> the type of the value
   * @param <R> the type of the reply
   * @param <X> what it may throw
   */
  @FunctionalInterface
  interface Call<T, R, X extends Exception> {
    /** Makes one attempt. */
    R apply(T value) throws X;
  }
}
