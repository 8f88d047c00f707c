package io.spinforge.balance.http;

import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.Member;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A name that requests are sent to, and the balancer behind it. Thread-safe. */
final class Service<T> {
  private final LoadBalancer<T> balancer;
  private final Function<? super T, URI> uriOf;
  private final LongSupplier ticker;

  /** Until when members asked to be left alone; empty nearly always. */
  private final Map<Member<T>, Long> resting = new ConcurrentHashMap<>();

  Service(LoadBalancer<T> balancer, Function<? super T, URI> uriOf, LongSupplier ticker) {
    this.balancer = balancer;
    this.uriOf = uriOf;
    this.ticker = ticker;
  }

  /** Acquires somebody who does not rest, or, if all do, anybody. */
  Member<T> acquire() {
    Member<T> awake = resting.isEmpty() ? null : balancer.acquireOther(awakeExcept(Set.of()));
    return awake == null ? balancer.acquire() : awake;
  }

  /** Acquires somebody who was not tried; rather one who does not rest. */
  @Nullable Member<T> acquireOther(Collection<Member<T>> tried) {
    if (!resting.isEmpty()) {
      Member<T> awake = balancer.acquireOther(awakeExcept(tried));
      if (awake != null) {
        return awake;
      }
    }
    return balancer.acquireOther(Set.copyOf(tried));
  }

  private Set<Member<T>> awakeExcept(Collection<Member<T>> tried) {
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
