package io.spinforge.balance;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A call that waits, with a hedge. The first attempt and the retries run on the caller's thread, as
 * they would without a hedge, so nothing changes for the nineteen calls in twenty that are in time;
 * only the hedge runs on a worker. Whoever answers first interrupts the other.
 *
 * <p>An interrupt must hit the attempt that it is meant for and nothing after it: it is sent under
 * the lock while the attempt is marked as running, and what is left of it is cleared when the mark
 * is. An interrupt from outside that comes in that very moment is taken for ours.
 */
final class HedgedCall<T, R, X extends Exception> {
  private final Calls<T> calls;
  private final LoadBalancer.Call<? super T, ? extends R, X> call;
  private final Executor workers;

  /** Guards everything below; held for a few instructions, never while the call runs. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Condition changed = lock.newCondition();
  private final Request<T> request;

  /** The threads that run the first attempt and the hedge: whom to interrupt. */
  private @Nullable Thread firstThread;

  private @Nullable Thread hedgeThread;

  /** Set from when a hedge is decided on until it has ended. */
  private boolean hedging;

  /** Whose answer is the call's. */
  private @Nullable Attempt winner;

  /** Set when there is a winner, and when the caller has left without one. */
  private boolean over;

  HedgedCall(
      Calls<T> calls,
      long hash,
      LoadBalancer.Call<? super T, ? extends R, X> call,
      Executor workers) {
    this.calls = calls;
    this.call = call;
    this.workers = workers;
    this.request = new Request<>(calls, hash);
  }

  R run() throws X {
    try {
      return race();
    } finally {
      request.close();
    }
  }

  private R race() throws X {
    Attempt first = new Attempt(calls.balancer.acquire(request.hash));
    firstThread = Thread.currentThread(); // seen by the hedge, which is scheduled after it
    Future<?> timer = calls.whenLate(() -> dispatch(first));
    try {
      first.ask();
      first.end(leave(first));
      if (first.outcome != Outcome.FAILURE && first.outcome != Outcome.OVERLOADED) {
        calls.observe(first.member, first.start);
      }
      Attempt next = next(first);
      while (next != null) {
        next.ask();
        next.end(false);
        next = next(next);
      }
    } finally {
      if (timer != null) {
        timer.cancel(false);
      }
      close();
    }
    Attempt decided = requireNonNull(winner);
    request.decided(decided.outcome);
    return Calls.orThrow(request, decided.reply, decided.failure);
  }

  /** Marks the end of the first attempt; true if the hedge has won. */
  private boolean leave(Attempt first) {
    lock.lock();
    try {
      firstThread = null;
      if (over && !(first.failure instanceof InterruptedException)) {
        Thread.interrupted(); // the hedge's word, which nobody has heard
      }
      return over;
    } finally {
      lock.unlock();
    }
  }

  /** Returns the attempt to make after this one; null if there is a winner. */
  private @Nullable Attempt next(Attempt ended) {
    lock.lock();
    try {
      boolean failed = ended.outcome.failed();
      boolean waited = !failed || awaitHedge();
      if (over) {
        Calls.drop(ended.reply);
        return null;
      }
      Member<T> other =
          failed && waited
              ? request.retry(ended.member, ended.outcome, ended.reply, ended.failure)
              : null;
      if (other == null) {
        winner = ended;
        over = true;
        return null;
      }
      return new Attempt(other);
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the hedge, if there is one; false if the caller is interrupted meanwhile. */
  private boolean awaitHedge() {
    try {
      while (hedging && !over) {
        changed.await();
      }
      return true;
    } catch (InterruptedException e) {
      // Told by the flag: what the call may throw need not have room for the exception.
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Ends the hedge, if there is one: the call is over. */
  private void close() {
    lock.lock();
    try {
      over = true;
      if (hedgeThread != null) {
        hedgeThread.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Runs on the timer. */
  private void dispatch(Attempt first) {
    try {
      workers.execute(() -> hedge(first));
    } catch (RejectedExecutionException e) {
      request.hedgeSuppressed(first.member);
    }
  }

  /** Runs on a worker. */
  private void hedge(Attempt first) {
    Attempt attempt = beginHedge(first);
    if (attempt == null) {
      return;
    }
    attempt.ask();
    try {
      attempt.end(leaveHedge());
    } catch (RuntimeException | Error broken) { // the classifier's
      attempt.reply = null;
      attempt.failure = broken;
    }
    if (!endHedge(attempt)) {
      Calls.drop(attempt.reply);
    }
  }

  private @Nullable Attempt beginHedge(Attempt first) {
    lock.lock();
    try {
      if (over || firstThread == null) {
        return null;
      }
      Member<T> member = request.hedge(first.member);
      if (member == null) {
        return null;
      }
      hedging = true;
      hedgeThread = Thread.currentThread();
      return new Attempt(member);
    } finally {
      lock.unlock();
    }
  }

  private boolean leaveHedge() {
    lock.lock();
    try {
      hedgeThread = null;
      Thread.interrupted(); // the worker's next task is none of ours
      return over;
    } finally {
      lock.unlock();
    }
  }

  /** Tells the caller how the hedge ended; false if nobody wants its reply. */
  private boolean endHedge(Attempt attempt) {
    lock.lock();
    try {
      hedging = false;
      changed.signalAll();
      if (over) {
        return false;
      }
      if (attempt.outcome.failed()) {
        request.gaveUp(attempt.reply, attempt.failure);
        return true;
      }
      winner = attempt;
      over = true;
      if (firstThread != null) {
        firstThread.interrupt();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** One attempt; used by the thread that makes it, then handed on under the lock. */
  private final class Attempt {
    private final Member<T> member;
    private final long start;
    private @Nullable R reply;
    private @Nullable Throwable failure;
    private Outcome outcome = Outcome.IGNORED;

    /** Begins on an acquired member; the lock is held, except for the first one. */
    Attempt(Member<T> member) {
      this.member = member;
      this.start = request.begin(member);
    }

    void ask() {
      try {
        reply = call.apply(member.value());
      } catch (Throwable thrown) {
        failure = thrown;
      }
    }

    /** Ends the member's request; one that was cut short because it had lost is nobody's fault. */
    void end(boolean lost) {
      if (lost && failure != null) {
        outcome = Outcome.CANCELLED;
        member.end(start, outcome);
      } else {
        outcome = request.end(member, start, reply, failure);
      }
    }
  }
}
