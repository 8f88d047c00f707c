package io.spinforge.balance;

/**
 * Hears what happens in a balancer. Called on the thread on which it happens, {@link #onEnd} once
 * per request: be quick, do not block. What a listener throws is logged once and otherwise ignored.
 *
 * @param <T> the type of the balanced values
 */
public interface BalancerListener<T> {
  /** A member was listed, or listed again. */
  default void onAdded(Member<T> member) {}

  /** A member is no longer listed. */
  default void onRemoved(Member<T> member) {}

  /** A request ended, this many nanoseconds after it began. */
  default void onEnd(Member<T> member, Outcome outcome, long nanos) {}

  /** A failed call is tried again on another member. */
  default void onRetry(Member<T> failed, Outcome outcome) {}

  /** A failed call could have been tried again, but the budget is exhausted. */
  default void onRetrySuppressed(Member<T> failed, Outcome outcome) {}

  /** A call is late, and another member is asked beside this one. */
  default void onHedge(Member<T> slow) {}

  /** A call is late, but the budget is exhausted, or there is no thread to ask another member. */
  default void onHedgeSuppressed(Member<T> slow) {}

  /** The limit is reached, and a call fails without an attempt. */
  default void onLimited() {}

  /** A member is left out for its failures. */
  default void onEjected(Member<T> member) {}

  /** An ejected member proved itself and takes requests again. */
  default void onReturned(Member<T> member) {}

  /** So many members are ejected that all are used again, or that is over. */
  default void onPanic(boolean panic) {}
}
