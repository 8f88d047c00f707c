package io.spinforge.balance;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;
import static java.util.Objects.requireNonNullElseGet;

import io.spinforge.balance.guard.Background;
import io.spinforge.balance.guard.RetryBudget;
import io.spinforge.balance.limit.ConcurrencyLimiter;
import io.spinforge.balance.limit.LimitExceededException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls with a second chance: attempts on different members, the extra ones, retries and hedges, on
 * one budget. A call without hedges takes no lock and meets no other thread.
 */
final class Calls<T> {
  private static final Logger LOG = LoggerFactory.getLogger(LoadBalancer.class);
  private static final Retry FINAGLE = Retry.budget(0.2, 10);

  final Balancer<T> balancer;
  final @Nullable Retry retry;
  final @Nullable RetryBudget budget;
  final int maxAttempts;
  final LongSupplier ticker;
  final Listeners<T> listeners;
  final LongAdder retries = new LongAdder();
  final LongAdder suppressed = new LongAdder();
  final LongAdder hedges = new LongAdder();
  final LongAdder hedgesSuppressed = new LongAdder();
  final LongAdder limited = new LongAdder();

  private final Classifier classifier;
  private final Hedge.@Nullable Delay delay;
  private final @Nullable ScheduledExecutorService scheduler;
  private final @Nullable ConcurrencyLimiter limiter;

  Calls(
      Balancer<T> balancer,
      LoadBalancerBuilder<T> builder,
      LongSupplier ticker,
      Listeners<T> listeners) {
    this.balancer = balancer;
    this.ticker = ticker;
    this.listeners = listeners;
    classifier = requireNonNullElse(builder.classifier, Classifier.byException());
    retry = builder.retry;
    Hedge hedge = builder.hedge;
    Retry purse = requireNonNullElse(retry, FINAGLE);
    maxAttempts = purse.maxAttempts();
    long now = ticker.getAsLong();
    budget =
        retry == null && hedge == null
            ? null
            : new RetryBudget(purse.ratio(), purse.minPerSecond(), now);
    delay = hedge == null ? null : hedge.start(now);
    scheduler = builder.scheduler;
    limiter = builder.limiter;
  }

  <R, X extends Exception> R call(long hash, LoadBalancer.Call<? super T, ? extends R, X> call)
      throws X {
    requireNonNull(call, "call");
    if (delay != null) {
      return new HedgedCall<T, R, X>(this, hash, call, Background.workers()).run();
    }
    Request<T> request = new Request<>(this, hash);
    try {
      return call(request, call);
    } finally {
      request.close();
    }
  }

  private <R, X extends Exception> R call(
      Request<T> request, LoadBalancer.Call<? super T, ? extends R, X> call) throws X {
    Member<T> member = balancer.acquire(request.hash);
    while (true) {
      long start = request.begin(member);
      R reply = null;
      Throwable failure = null;
      try {
        reply = call.apply(member.value());
      } catch (Throwable thrown) {
        failure = thrown;
      }
      Outcome outcome = request.end(member, start, reply, failure);
      Member<T> other = outcome.failed() ? request.retry(member, outcome, reply, failure) : null;
      if (other == null) {
        request.decided(outcome);
        return orThrow(request, reply, failure);
      }
      member = other;
    }
  }

  /** Returns what the last attempt returned, or throws what it threw. */
  @SuppressWarnings("NullAway") // what a call may return, this may
  static <R, X extends Exception> R orThrow(
      Request<?> request, @Nullable R reply, @Nullable Throwable failure) throws X {
    if (failure != null) {
      throw Calls.<X>asThrown(request.withSuppressed(failure));
    }
    return reply;
  }

  /** Throws a failure as what it is: a call throws X or what is unchecked, and both may pass. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <X extends Throwable> X asThrown(Throwable failure) throws X {
    throw (X) failure;
  }

  <R> CompletableFuture<R> callAsync(
      long hash, Function<? super T, ? extends CompletionStage<? extends R>> call) {
    requireNonNull(call, "call");
    Request<T> request;
    try {
      request = new Request<>(this, hash);
    } catch (LimitExceededException e) {
      return CompletableFuture.failedFuture(e);
    }
    Member<T> member;
    try {
      member = balancer.acquire(hash);
    } catch (NoMembersException e) {
      request.close();
      return CompletableFuture.failedFuture(e);
    }
    CompletableFuture<R> result = new CompletableFuture<>();
    new AsyncCall<>(this, request, call, result).start(member);
    return result;
  }

  /** Returns a permit for a request, if there is a limit. */
  long admit() {
    if (limiter == null) {
      return 0;
    }
    long permit = limiter.tryAcquire();
    if (permit == ConcurrencyLimiter.REJECTED) {
      limited.increment();
      listeners.tell(BalancerListener::onLimited);
      throw LimitExceededException.INSTANCE;
    }
    return permit;
  }

  /** Gives a permit back, and tells the limiter what the request's time is worth. */
  void over(long permit, Outcome outcome) {
    if (limiter == null) {
      return;
    }
    switch (outcome) {
      case SUCCESS -> limiter.succeeded(permit);
      case TIMEOUT, OVERLOADED -> limiter.dropped(permit);
      default -> limiter.ignored(permit);
    }
  }

  Outcome classify(@Nullable Object reply, @Nullable Throwable failure) {
    return requireNonNull(classifier.classify(reply, failure), "the classifier's outcome");
  }

  boolean hedges() {
    return delay != null;
  }

  /** Has this run when a first attempt is late; null if nobody knows yet what late is. */
  @Nullable Future<?> whenLate(Runnable hedge) {
    long nanos = requireNonNull(delay).nanos(ticker.getAsLong());
    return nanos < 0 ? null : timer().schedule(hedge, nanos, TimeUnit.NANOSECONDS);
  }

  private ScheduledExecutorService timer() {
    return requireNonNullElseGet(scheduler, Background::timer);
  }

  /** Learns how long the first attempt took, or for how long at least. */
  void observe(Member<T> member, long start) {
    if (delay != null) {
      long now = ticker.getAsLong();
      delay.observe(now - member.node.startOf(start), now);
    }
  }

  /** Closes a reply that nobody will see. */
  static void drop(@Nullable Object reply) {
    if (reply instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception e) {
        LOG.debug("a reply that came too late cannot be closed: {}", reply, e);
      }
    }
  }
}
