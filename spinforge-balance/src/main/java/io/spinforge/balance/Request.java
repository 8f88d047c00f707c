package io.spinforge.balance;

import static java.util.Objects.requireNonNull;

import io.spinforge.balance.limit.LimitExceededException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request through all its attempts: who was tried, and what it may still cost. Used by one
 * thread at a time; where a hedge may run beside the first attempt, under the lock of the call.
 */
final class Request<T> {
  private final Calls<T> calls;
  final long hash;
  private final long permit;
  private int attempts;

  /** How the attempt ended that decided the request. */
  private Outcome outcome = Outcome.IGNORED;

  /** Null until a second attempt is thought of. */
  private @Nullable List<Member<T>> tried;

  private @Nullable List<Throwable> failures;

  /**
   * Admits a request; it is closed when it is over.
   *
   * @param hash of its key; any number if the policy needs none
   * @throws LimitExceededException if there are too many under way
   */
  Request(Calls<T> calls, long hash) {
    this.calls = calls;
    this.hash = hash;
    this.permit = calls.admit();
  }

  void decided(Outcome by) {
    outcome = by;
  }

  /** Gives the permit back; once. */
  void close() {
    calls.over(permit, outcome);
  }

  /** Starts the clock for an attempt; the first one earns its part of the budget. */
  long begin(Member<T> member) {
    long start = member.begin();
    if (calls.budget != null && attempts == 0) {
      calls.budget.deposit(member.node.startOf(start));
    }
    attempts++;
    return start;
  }

  /** Judges and ends an attempt. A classifier that throws leaves nothing in flight. */
  Outcome end(Member<T> member, long start, @Nullable Object reply, @Nullable Throwable failure) {
    Outcome outcome = Outcome.IGNORED;
    try {
      outcome = calls.classify(reply, failure);
    } finally {
      member.end(start, outcome);
    }
    return outcome;
  }

  /**
   * Returns an acquired member to try after this failure; null if there is to be no other attempt.
   */
  @Nullable Member<T> retry(
      Member<T> failed, Outcome outcome, @Nullable Object reply, @Nullable Throwable failure) {
    if (calls.retry == null || attempts >= calls.maxAttempts) {
      return null;
    }
    List<Member<T>> known = tried(failed);
    if (!calls.balancer.others.exist(known)) {
      return null;
    }
    if (!requireNonNull(calls.budget).tryWithdraw(calls.ticker.getAsLong())) {
      calls.suppressed.increment();
      calls.listeners.tell(to -> to.onRetrySuppressed(failed, outcome));
      return null;
    }
    Member<T> other = acquireOther(known);
    if (other != null) {
      gaveUp(reply, failure);
      calls.retries.increment();
      calls.listeners.tell(to -> to.onRetry(failed, outcome));
    }
    return other;
  }

  /** Returns an acquired member to ask beside this one; null if there is to be no hedge. */
  @Nullable Member<T> hedge(Member<T> slow) {
    if (attempts >= calls.maxAttempts) {
      return null;
    }
    List<Member<T>> known = tried(slow);
    if (!calls.balancer.others.exist(known)) {
      return null;
    }
    if (!requireNonNull(calls.budget).tryWithdraw(calls.ticker.getAsLong())) {
      hedgeSuppressed(slow);
      return null;
    }
    Member<T> other = acquireOther(known);
    if (other != null) {
      calls.hedges.increment();
      calls.listeners.tell(to -> to.onHedge(slow));
    }
    return other;
  }

  void hedgeSuppressed(Member<T> slow) {
    calls.hedgesSuppressed.increment();
    calls.listeners.tell(to -> to.onHedgeSuppressed(slow));
  }

  private List<Member<T>> tried(Member<T> member) {
    List<Member<T>> known = tried;
    if (known == null) {
      known = new ArrayList<>(calls.maxAttempts);
      tried = known;
    }
    if (!known.contains(member)) {
      known.add(member);
    }
    return known;
  }

  private @Nullable Member<T> acquireOther(List<Member<T>> known) {
    Member<T> other = calls.balancer.acquireOther(hash, known);
    if (other != null) {
      known.add(other);
    }
    return other;
  }

  /** Notes an attempt that failed while the request goes on. */
  void gaveUp(@Nullable Object reply, @Nullable Throwable failure) {
    if (failure != null) {
      failures = failures == null ? new ArrayList<>() : failures;
      failures.add(failure);
    } else {
      Calls.drop(reply);
    }
  }

  /** Returns the last failure with those before it suppressed, never itself. */
  @SuppressWarnings("ReferenceEquality")
  Throwable withSuppressed(Throwable last) {
    if (failures != null) {
      failures.stream().filter(failure -> failure != last).forEach(last::addSuppressed);
    }
    return last;
  }
}
