package io.spinforge.cache;

import static java.util.Objects.requireNonNull;

import io.spinforge.cache.Awaiting.Reached;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of an invalidation. Thread-safe. Two are equal if their number of keys and their
 * reach are.
 */
public final class Invalidation {
  private final int keys;
  private final Reach reach;
  private final @Nullable Awaiting awaiting;
  private final @Nullable Reached reached;

  /**
   * Creates an outcome that cannot come any further; what it {@linkplain #await awaits} is there or
   * not.
   */
  public Invalidation(int keys, Reach reach) {
    this.keys = keys;
    this.reach = requireNonNull(reach, "reach");
    this.awaiting = null;
    this.reached = null;
  }

  Invalidation(int keys, Reached reached, Awaiting awaiting) {
    this.keys = keys;
    this.reach = reached.reach();
    this.awaiting = awaiting;
    this.reached = reached;
  }

  /** Returns how many keys were invalidated; 0 if it was by tag, pattern or clear. */
  public int keys() {
    return keys;
  }

  /** Returns how far it had come when the call returned; without a Redis layer, this node. */
  public Reach reach() {
    return reach;
  }

  /**
   * Waits until the invalidation has come as far as {@code wanted}, for {@code timeout} at most.
   *
   * <p>{@link Reach#ALL_NODES} costs a round trip to ask who reads the logs, one to place a record
   * behind the invalidation's in each of its logs, and one for each node that answers it; nobody
   * polls. True then means: what any node answers from its memory or from Redis to a read that
   * begins from now on respects the invalidation, and so does what a node loads that was reading
   * the logs. A node that does not answer, because it is cut off, paused or dead, is waited for
   * only until {@code maxStaleness} (the longest, if nodes differ) has passed since the
   * invalidation: then it believes its memory no more. So with a longer timeout the answer is true,
   * unless Redis is away with the invalidation still queued. Two things stay outside, as
   * everywhere: values that are marked {@link State#STALE_PARTITIONED}, and, on a node that is cut
   * off, loads of the last {@code maxStaleness} that its readers share.
   *
   * @return whether it has come that far; false if not within the timeout, or if the thread was
   *     interrupted, which stays noted. Without a Redis layer this node is all there are: true
   * @throws IllegalArgumentException if the timeout is negative
   * @throws IllegalStateException if the manager is closed
   */
  public boolean await(Reach wanted, Duration timeout) {
    return wait(wanted, timeout, false).toCompletableFuture().join();
  }

  /** Waits as {@link #await} does, on the manager's executor. */
  public CompletionStage<Boolean> awaitAsync(Reach wanted, Duration timeout) {
    return wait(wanted, timeout, true);
  }

  private CompletionStage<Boolean> wait(Reach wanted, Duration timeout, boolean async) {
    requireNonNull(wanted, "wanted");
    if (timeout.isNegative()) {
      throw Rules.refusal("timeout", timeout, "not negative");
    }
    if (awaiting == null || reached == null) {
      return CompletableFuture.completedFuture(wanted.compareTo(reach) <= 0);
    }
    return awaiting.await(reached, wanted, timeout, async);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Invalidation that && keys == that.keys && reach == that.reach;
  }

  @Override
  public int hashCode() {
    return Objects.hash(keys, reach);
  }

  @Override
  public String toString() {
    return "Invalidation[keys=" + keys + ", reach=" + reach + "]";
  }
}
