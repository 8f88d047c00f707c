package io.spinforge.balance.http;

import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.Member;
import io.spinforge.balance.Outcome;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** A name that requests are sent to, and the balancer behind it. Thread-safe. */
final class Service<T> {
  private final LoadBalancer<T> balancer;
  private final Function<? super T, URI> uriOf;
  private final @Nullable ToLongFunction<? super HttpRequest> hashOf;
  private final LongSupplier ticker;

  /** Until when members asked to be left alone; empty nearly always. */
  private final Map<Member<T>, Long> resting = new ConcurrentHashMap<>();

  Service(
      LoadBalancer<T> balancer,
      Function<? super T, URI> uriOf,
      @Nullable ToLongFunction<? super HttpRequest> hashOf,
      LongSupplier ticker) {
    this.balancer = balancer;
    this.uriOf = uriOf;
    this.hashOf = hashOf;
    this.ticker = ticker;
  }

  /** Returns what the request's members are chosen by. */
  long hash(HttpRequest request) {
    return hashOf == null ? 0 : hashOf.applyAsLong(request);
  }

  /** Acquires somebody who does not rest, or, if all do, anybody. */
  Member<T> acquire(long hash) {
    Member<T> first = hashOf == null ? balancer.acquire() : balancer.acquire(hash);
    if (resting.isEmpty()) {
      return first;
    }
    Set<Member<T>> asleep = restingAnd(Set.of());
    Member<T> awake = asleep.contains(first) ? other(hash, asleep) : null;
    if (awake == null) {
      return first;
    }
    first.end(first.begin(), Outcome.IGNORED); // it was not asked after all
    return awake;
  }

  /** Acquires somebody who was not tried; rather one who does not rest. */
  @Nullable Member<T> acquireOther(long hash, Collection<Member<T>> tried) {
    if (!resting.isEmpty()) {
      Member<T> awake = other(hash, restingAnd(tried));
      if (awake != null) {
        return awake;
      }
    }
    return other(hash, Set.copyOf(tried));
  }

  private @Nullable Member<T> other(long hash, Set<Member<T>> avoided) {
    return hashOf == null ? balancer.acquireOther(avoided) : balancer.acquireOther(hash, avoided);
  }

  private Set<Member<T>> restingAnd(Collection<Member<T>> tried) {
    long now = ticker.getAsLong();
    resting.values().removeIf(until -> now - until >= 0);
    Set<Member<T>> avoided = new HashSet<>(resting.keySet());
    avoided.addAll(tried);
    return avoided;
  }

  void rest(Member<T> member, Duration time) {
    if (!time.isZero()) {
      resting.put(member, ticker.getAsLong() + time.toNanos());
    }
  }

  /** Returns the member's address with the path and query of the request. */
  URI resolve(Member<T> member, URI request) {
    URI base = uriOf.apply(member.value());
    String prefix = base.getRawPath() == null ? "" : base.getRawPath();
    String path = request.getRawPath() == null ? "" : request.getRawPath();
    if (prefix.endsWith("/") && path.startsWith("/")) {
      prefix = prefix.substring(0, prefix.length() - 1);
    }
    String query = request.getRawQuery() == null ? "" : "?" + request.getRawQuery();
    return URI.create(base.getScheme() + "://" + base.getRawAuthority() + prefix + path + query);
  }
}
