package io.spinforge.metrics.bind;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.spinforge.cache.CacheListener;
import io.spinforge.cache.CacheManager;
import io.spinforge.cache.CacheStats;
import io.spinforge.cache.ManagerStats;
import io.spinforge.cache.RedisStats;
import java.time.Duration;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** A cache manager and its caches as meters, also those caches that are built later. */
public final class CacheBinding implements Binding {
  private final CacheManager manager;
  private final String name;
  private final MeterRegistry registry;
  private final MeterSet meters;
  private final Groups<String, CacheMeters> caches;
  private final CacheListener listener = new Listener();

  /** Set before the listener is added, so whoever calls it sees it; null without Redis. */
  private @Nullable Timer lag;

  private CacheBinding(MeterRegistry registry, String name, CacheManager manager) {
    this.registry = registry;
    this.name = name;
    this.manager = manager;
    this.meters = new MeterSet(registry);
    this.caches = new Groups<>("cache", cache -> cache, CacheMeters::new);
  }

  /** Returns whether this class binds such a component. */
  public static boolean accepts(Object component) {
    return component instanceof CacheManager;
  }

  /** Returns the component's own name. */
  public static String name(Object manager) {
    return ((CacheManager) manager).stats().name();
  }

  /** Binds a manager, until the binding is closed. */
  public static Binding of(MeterRegistry registry, String name, Object manager) {
    CacheBinding binding = new CacheBinding(registry, name, (CacheManager) manager);
    return Bindings.start(binding, binding::start);
  }

  private void start() {
    meters.gauge(Catalogue.CACHE_CACHES, manager, m -> m.stats().caches().size(), name);
    if (manager.stats().redis().isPresent()) {
      redisGauge(Catalogue.CACHE_REDIS_UP, redis -> redis.up() ? 1 : 0);
      redisGauge(Catalogue.CACHE_QUEUED, RedisStats::queuedInvalidations);
      redisCount("success", redis -> redis.requests() - redis.failures());
      redisCount("failure", RedisStats::failures);
      redisCount("rejected", RedisStats::rejected);
      lag = meters.timer(Catalogue.CACHE_LAG, name);
    }
    manager.addListener(listener);
  }

  private double redis(ToDoubleFunction<RedisStats> value) {
    return manager.stats().redis().map(value::applyAsDouble).orElse(Double.NaN);
  }

  private void redisGauge(Catalogue what, ToDoubleFunction<RedisStats> value) {
    meters.gauge(what, this, binding -> binding.redis(value), name);
  }

  private void redisCount(String outcome, ToDoubleFunction<RedisStats> value) {
    meters.counter(
        Catalogue.CACHE_REDIS_REQUESTS, this, binding -> binding.redis(value), name, outcome);
  }

  @Override
  public void close() {
    manager.removeListener(listener);
    caches.close();
    meters.close();
  }

  private final class Listener implements CacheListener {
    @Override
    public void onCache(String cache) {
      caches.join(cache);
    }

    @Override
    public void onLoad(String cache, Duration took, @Nullable Throwable failure) {
      CacheMeters group = caches.of(cache);
      if (group != null) {
        (failure == null ? group.loads : group.failedLoads).record(took);
      }
    }

    @Override
    public void onInvalidationLag(Duration took) {
      Timer timer = lag;
      if (timer != null) {
        timer.record(took);
      }
    }
  }

  /** The meters of one cache; the group {@code other} is the sum of its caches. */
  private final class CacheMeters extends Groups.Group<String> {
    private final MeterSet own = new MeterSet(registry);
    private final Timer loads;
    private final Timer failedLoads;

    CacheMeters(String cache) {
      requests(cache, "memory", "hit", CacheStats::memoryHits);
      requests(cache, "memory", "stale", CacheStats::staleMemoryHits);
      requests(cache, "redis", "hit", CacheStats::redisHits);
      requests(cache, "fresh", "miss", CacheStats::misses);
      requests(cache, "fresh", "error", CacheStats::errors);
      loads = own.timer(Catalogue.CACHE_LOAD, name, cache, "success");
      failedLoads = own.timer(Catalogue.CACHE_LOAD, name, cache, "failure");
      count(Catalogue.CACHE_COALESCED, CacheStats::coalesced, name, cache);
      count(Catalogue.CACHE_INVALIDATIONS, CacheStats::localInvalidations, name, cache, "local");
      count(Catalogue.CACHE_INVALIDATIONS, CacheStats::remoteInvalidations, name, cache, "remote");
      own.gauge(
          Catalogue.CACHE_ENTRIES, this, group -> group.sumOf(CacheStats::entries), name, cache);
    }

    private double sumOf(ToDoubleFunction<CacheStats> value) {
      ManagerStats stats = manager.stats();
      return sum(
          cache -> {
            CacheStats counters = stats.caches().get(cache);
            return counters == null ? 0 : value.applyAsDouble(counters);
          });
    }

    private void requests(
        String cache, String source, String outcome, ToDoubleFunction<CacheStats> value) {
      count(Catalogue.CACHE_REQUESTS, value, name, cache, source, outcome);
    }

    private void count(Catalogue what, ToDoubleFunction<CacheStats> value, String... tags) {
      own.counter(what, this, group -> group.sumOf(value), tags);
    }

    @Override
    void close() {
      own.close();
    }
  }
}
