package io.spinforge.balance;

import static java.util.Objects.requireNonNull;

import io.spinforge.balance.guard.RetryBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Calls with a second chance: attempts on different members, the extra ones on a budget. */
final class Calls<T> {
  private final Balancer<T> balancer;
  private final @Nullable Retry retry;
  private final @Nullable RetryBudget budget;
  private final Classifier classifier;
  private final LongSupplier ticker;
  private final Listeners<T> listeners;
  private final LongAdder retries = new LongAdder();
  private final LongAdder suppressed = new LongAdder();

  Calls(
      Balancer<T> balancer,
      @Nullable Retry retry,
      Classifier classifier,
      LongSupplier ticker,
      Listeners<T> listeners) {
    this.balancer = balancer;
    this.retry = retry;
    this.classifier = classifier;
    this.ticker = ticker;
    this.listeners = listeners;
    budget =
        retry == null
            ? null
            : new RetryBudget(retry.ratio(), retry.minPerSecond(), ticker.getAsLong());
  }

  <R, X extends Exception> R call(LoadBalancer.Call<? super T, ? extends R, X> call) throws X {
    requireNonNull(call, "call");
    Request<T> request = new Request<>(this, balancer.acquire());
    while (true) {
      long start = request.begin();
      R reply;
      try {
        reply = call.apply(request.member.value());
      } catch (Throwable failure) {
        if (request.endAndRetry(start, null, failure)) {
          continue;
        }
        throw Calls.<X>asThrown(request.withSuppressed(failure));
      }
      if (!request.endAndRetry(start, reply, null)) {
        return reply;
      }
    }
  }

  <R> CompletableFuture<R> callAsync(
      Function<? super T, ? extends CompletionStage<? extends R>> call) {
    requireNonNull(call, "call");
    CompletableFuture<R> result = new CompletableFuture<>();
    Member<T> member;
    try {
      member = balancer.acquire();
    } catch (NoMembersException e) {
      return CompletableFuture.failedFuture(e);
    }
    new AsyncCall<>(new Request<>(this, member), call, result).start();
    return result;
  }

  long retries() {
    return retries.sum();
  }

  long retriesSuppressed() {
    return suppressed.sum();
  }

  /** Throws a failure as what it is: a call throws X or what is unchecked, and both may pass. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <X extends Throwable> X asThrown(Throwable failure) throws X {
    throw (X) failure;
  }

  private Outcome classify(@Nullable Object reply, @Nullable Throwable failure) {
    return requireNonNull(classifier.classify(reply, failure), "the classifier's outcome");
  }

  /** One request through all its attempts; used by one thread at a time. */
  static final class Request<T> {
    private final Calls<T> calls;
    private @Nullable List<Member<T>> tried;
    private @Nullable List<Throwable> failures;

    /** The member of the attempt under way. */
    Member<T> member;

    Request(Calls<T> calls, Member<T> first) {
      this.calls = calls;
      this.member = first;
    }

    long begin() {
      long start = member.begin();
      if (calls.budget != null && tried == null) {
        calls.budget.deposit(member.node.startOf(start));
      }
      return start;
    }

    /** Ends the attempt; true if the request goes on with another, already acquired, member. */
    boolean endAndRetry(long start, @Nullable Object reply, @Nullable Throwable failure) {
      Outcome outcome = Outcome.IGNORED; // should the classifier throw
      try {
        outcome = calls.classify(reply, failure);
      } finally {
        member.end(start, outcome);
      }
      Retry retry = calls.retry;
      if (retry == null || !outcome.failed()) {
        return false;
      }
      tried = tried == null ? new ArrayList<>(retry.maxAttempts()) : tried;
      tried.add(member);
      if (tried.size() >= retry.maxAttempts() || !calls.balancer.hasOther(tried)) {
        return false;
      }
      return goOn(requireNonNull(calls.budget), tried, outcome, failure);
    }

    private boolean goOn(
        RetryBudget budget, List<Member<T>> tried, Outcome outcome, @Nullable Throwable failure) {
      Member<T> failed = member;
      if (!budget.tryWithdraw(calls.ticker.getAsLong())) {
        calls.suppressed.increment();
        calls.listeners.tell(to -> to.onRetrySuppressed(failed, outcome));
        return false;
      }
      Member<T> other = calls.balancer.acquireOther(tried);
      if (other == null) {
        return false;
      }
      if (failure != null) {
        failures = failures == null ? new ArrayList<>() : failures;
        failures.add(failure);
      }
      member = other;
      calls.retries.increment();
      calls.listeners.tell(to -> to.onRetry(failed, outcome));
      return true;
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
}
