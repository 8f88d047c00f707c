package io.spinforge.balance.http;

import io.spinforge.balance.Member;
import io.spinforge.balance.Outcome;
import io.spinforge.balance.limit.ConcurrencyLimiter;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One request through its attempts, one after another; whoever completes the result ends it. */
final class Exchange<T, R> {
  private final BalancedHttpClient client;
  private final Service<T> service;
  private final HttpRequest request;
  private final HttpResponse.BodyHandler<R> handler;
  private final long permit;
  private final CompletableFuture<HttpResponse<R>> result = new CompletableFuture<>();
  private final List<Member<T>> tried = new ArrayList<>(2);
  private @Nullable Throwable firstFailure;
  private long hash;

  /** Written before its response is heard of, read by whoever cancels the result. */
  private volatile @Nullable Attempt current;

  Exchange(
      BalancedHttpClient client,
      Service<T> service,
      HttpRequest request,
      HttpResponse.BodyHandler<R> handler,
      long permit) {
    this.client = client;
    this.service = service;
    this.request = request;
    this.handler = handler;
    this.permit = permit;
  }

  CompletableFuture<HttpResponse<R>> start() {
    Member<T> first;
    try {
      hash = service.hash(request);
      first = service.acquire(hash);
    } catch (RuntimeException e) { // nobody to ask
      client.over(permit, Outcome.IGNORED);
      return CompletableFuture.failedFuture(e);
    }
    client.deposit();
    CompletableFuture<HttpResponse<R>> unused =
        result.whenComplete((response, failure) -> abandon());
    new Attempt(first).send();
    return result;
  }

  private void abandon() {
    Attempt attempt = current;
    if (attempt != null) {
      attempt.cancel();
    }
  }

  /** One attempt: ended by its response or by the cancelled result, whichever comes first. */
  private final class Attempt {
    private final Member<T> member;
    private final long start;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile @Nullable CompletableFuture<HttpResponse<R>> response;

    Attempt(Member<T> member) {
      this.member = member;
      this.start = member.begin();
      tried.add(member);
      current = this;
    }

    void send() {
      try {
        URI target = service.resolve(member, request.uri());
        CompletableFuture<HttpResponse<R>> sent =
            client.client.sendAsync(client.to(target, request), handler);
        response = sent;
        CompletableFuture<HttpResponse<R>> unused = sent.whenComplete(this::end);
      } catch (RuntimeException | Error e) { // an address that is none
        end(null, e);
      }
      if (result.isDone()) {
        abandon(); // cancelled before there was anything to cancel
      }
    }

    private void end(@Nullable HttpResponse<R> reply, @Nullable Throwable failure) {
      if (!ended.compareAndSet(false, true)) {
        drop(reply);
        return;
      }
      Throwable cause =
          failure instanceof CompletionException && failure.getCause() != null
              ? failure.getCause()
              : failure;
      Outcome outcome = Outcome.IGNORED;
      try {
        outcome = client.classifier.classify(reply, cause);
        rest(reply, outcome);
      } catch (RuntimeException | Error broken) {
        cause = broken;
      } finally {
        member.end(start, outcome);
      }
      Member<T> other = outcome.failed() ? retry(cause) : null;
      if (other == null) {
        settle(reply, cause, outcome);
        return;
      }
      drop(reply);
      if (cause != null && firstFailure == null) {
        firstFailure = cause;
      }
      new Attempt(other).send();
    }

    private void rest(@Nullable HttpResponse<R> reply, Outcome outcome) {
      if (outcome == Outcome.OVERLOADED && reply != null) {
        service.rest(member, HttpOutcomes.retryAfter(reply, Instant.now()));
      }
    }

    private @Nullable Member<T> retry(@Nullable Throwable failure) {
      boolean allowed = HttpOutcomes.idempotent(request.method()) || HttpOutcomes.notSent(failure);
      if (!allowed || tried.size() >= client.maxAttempts || result.isDone()) {
        return null;
      }
      Member<T> other = service.acquireOther(hash, tried);
      if (other != null && !client.withdraw()) {
        other.end(other.begin(), Outcome.IGNORED); // it was not asked after all
        return null;
      }
      return other;
    }

    /** An exception cannot suppress itself, and some clients throw the same one again. */
    @SuppressWarnings("ReferenceEquality")
    private void settle(
        @Nullable HttpResponse<R> reply, @Nullable Throwable failure, Outcome outcome) {
      client.over(permit, outcome);
      if (failure == null) {
        if (!result.complete(reply)) {
          drop(reply);
        }
        return;
      }
      drop(reply);
      Throwable first = firstFailure;
      if (first != null && first != failure) {
        failure.addSuppressed(first);
      }
      result.completeExceptionally(failure);
    }

    void cancel() {
      if (ended.compareAndSet(false, true)) {
        member.end(start, Outcome.CANCELLED);
        client.over(permit, Outcome.CANCELLED);
      }
      CompletableFuture<HttpResponse<R>> sent = response;
      if (sent != null) {
        sent.cancel(true);
      }
    }

    /** Closes the body of a response that nobody will see, if it holds on to its connection. */
    private void drop(@Nullable HttpResponse<R> reply) {
      if (reply != null && reply.body() instanceof AutoCloseable body) {
        try {
          body.close();
        } catch (Exception e) {
          // It is given up: how that went matters to nobody.
        }
      }
    }
  }

  /** Tells a limiter how a request went. */
  static void over(ConcurrencyLimiter limiter, long permit, Outcome outcome) {
    switch (outcome) {
      case SUCCESS -> limiter.succeeded(permit);
      case TIMEOUT, OVERLOADED -> limiter.dropped(permit);
      default -> limiter.ignored(permit);
    }
  }
}
