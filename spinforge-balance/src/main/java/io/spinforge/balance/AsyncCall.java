package io.spinforge.balance;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request whose attempts are stages. An attempt follows one that failed, or joins one that is
 * late; whatever completes the result, be it an answer or the caller's cancellation, cancels what
 * is still under way.
 */
final class AsyncCall<T, R> {
  private final Calls<T> calls;
  private final Function<? super T, ? extends CompletionStage<? extends R>> call;
  private final CompletableFuture<R> result;

  /**
   * Guards the request and those running: two attempts may end at once, and one while the other is
   * about to begin. Never held while the call, the result or an end is told.
   */
  private final ReentrantLock lock = new ReentrantLock();

  private final Request<T> request;
  private final List<Attempt> running = new ArrayList<>(2);
  private boolean over;

  /** Written once by the caller's thread, and read by whoever completes the result. */
  private volatile @Nullable Future<?> timer;

  AsyncCall(
      Calls<T> calls,
      Request<T> request,
      Function<? super T, ? extends CompletionStage<? extends R>> call,
      CompletableFuture<R> result) {
    this.calls = calls;
    this.request = request;
    this.call = call;
    this.result = result;
  }

  void start(Member<T> member) {
    // What it returns completes with the result, and has nothing to add.
    CompletableFuture<R> unused = result.whenComplete((reply, failure) -> abandon());
    Attempt first = new Attempt(member, true);
    first.ask();
    if (calls.hedges() && !result.isDone()) {
      timer = calls.whenLate(() -> hedge(first));
      if (result.isDone()) {
        cancelTimer();
      }
    }
  }

  private void abandon() {
    cancelTimer();
    List<Attempt> left;
    boolean closed;
    lock.lock();
    try {
      closed = over;
      over = true;
      left = List.copyOf(running);
    } finally {
      lock.unlock();
    }
    if (!closed) {
      request.close();
    }
    left.forEach(Attempt::cancel);
  }

  private void cancelTimer() {
    Future<?> scheduled = timer;
    if (scheduled != null) {
      scheduled.cancel(false);
    }
  }

  /** Asks another member if the first one is still the only one, and at work. */
  private void hedge(Attempt first) {
    Attempt other = null;
    lock.lock();
    try {
      if (!over && running.size() == 1 && running.contains(first)) {
        Member<T> member = request.hedge(first.member);
        if (member != null) {
          other = new Attempt(member, false);
        }
      }
    } finally {
      lock.unlock();
    }
    if (other != null) {
      other.ask();
    }
  }

  /** Returns the failure inside the wrappers of executors and stages. */
  private static Throwable unwrap(Throwable failure) {
    Throwable inner = failure;
    while (inner instanceof CompletionException || inner instanceof ExecutionException) {
      Throwable cause = inner.getCause();
      if (cause == null) {
        return inner;
      }
      inner = cause;
    }
    return inner;
  }

  /** One attempt: ended by its stage or by the completed result, whichever comes first. */
  private final class Attempt {
    private final Member<T> member;
    private final boolean first;
    private final long start;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile @Nullable CompletionStage<? extends R> stage;

    /** Begins on an acquired member; the lock is held, except for the first one. */
    Attempt(Member<T> member, boolean first) {
      this.member = member;
      this.first = first;
      this.start = request.begin(member);
      running.add(this);
    }

    void ask() {
      try {
        CompletionStage<? extends R> asked =
            requireNonNull(call.apply(member.value()), "the call's stage");
        stage = asked;
        asked.whenComplete(this::end);
      } catch (Throwable failure) {
        end(null, failure);
      }
      if (result.isDone()) {
        abandon(); // completed before there was a stage to cancel
      }
    }

    private void end(@Nullable R reply, @Nullable Throwable failure) {
      if (!ended.compareAndSet(false, true)) {
        Calls.drop(reply);
        return;
      }
      Throwable cause = failure == null ? null : unwrap(failure);
      try {
        Outcome outcome = request.end(member, start, reply, cause);
        observe(outcome);
        Attempt next = next(outcome, reply, cause);
        if (next == this) {
          settle(reply, cause);
        } else if (next != null) {
          next.ask();
        }
      } catch (RuntimeException | Error broken) {
        result.completeExceptionally(broken);
      }
    }

    private void observe(Outcome outcome) {
      if (first && outcome != Outcome.FAILURE && outcome != Outcome.OVERLOADED) {
        calls.observe(member, start);
      }
    }

    /** Returns this to settle the request, another to go on with, null if another is running. */
    private @Nullable Attempt next(Outcome outcome, @Nullable R reply, @Nullable Throwable cause) {
      lock.lock();
      try {
        running.remove(this);
        if (!outcome.failed() || over) {
          return decide(outcome);
        }
        if (!running.isEmpty()) {
          request.gaveUp(reply, cause);
          return null;
        }
        Member<T> other = request.retry(member, outcome, reply, cause);
        return other == null ? decide(outcome) : new Attempt(other, false);
      } finally {
        lock.unlock();
      }
    }

    private Attempt decide(Outcome outcome) {
      if (!over) {
        request.decided(outcome);
      }
      return this;
    }

    private void settle(@Nullable R reply, @Nullable Throwable cause) {
      if (cause != null) {
        result.completeExceptionally(request.withSuppressed(cause));
      } else if (!result.complete(reply)) {
        Calls.drop(reply);
      }
    }

    void cancel() {
      if (ended.compareAndSet(false, true)) {
        member.end(start, Outcome.CANCELLED);
        observe(Outcome.CANCELLED);
      }
      if (stage instanceof Future<?> future) {
        future.cancel(true);
      }
    }
  }
}
