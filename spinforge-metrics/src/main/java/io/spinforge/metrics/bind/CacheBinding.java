package io.spinforge.metrics.bind;

import io.micrometer.core.instrument.MeterRegistry;
import io.spinforge.cache.CacheManager;
import io.spinforge.cache.CacheStats;
import io.spinforge.cache.ManagerStats;
import io.spinforge.cache.RedisStats;
import java.util.function.ToDoubleFunction;

/**
 * A cache manager and its caches as meters. A manager does not tell of new caches: reading the
 * gauge of their number, which every scrape does, looks for them, so a cache that was built after
 * the binding shows from the second scrape on.
 */
public final class CacheBinding implements Binding {
  private final CacheManager manager;
  private final String name;
  private final MeterRegistry registry;
  private final MeterSet meters;
  private final Groups<String, CacheMeters> caches;

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
    meters.gauge(Catalogue.CACHE_CACHES, this, CacheBinding::lookForCaches, name);
    if (manager.stats().redis().isPresent()) {
      redisGauge(Catalogue.CACHE_REDIS_UP, redis -> redis.up() ? 1 : 0);
      redisGauge(Catalogue.CACHE_QUEUED, RedisStats::queuedInvalidations);
      redisCount("success", redis -> redis.requests() - redis.failures());
      redisCount("failure", RedisStats::failures);
      redisCount("rejected", RedisStats::rejected);
    }
    lookForCaches();
  }

  private double lookForCaches() {
    ManagerStats stats = manager.stats();
    stats.caches().keySet().forEach(caches::join);
    return stats.caches().size();
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
    caches.close();
    meters.close();
  }

  /** The meters of one cache; the group {@code other} is the sum of its caches. */
  private final class CacheMeters extends Groups.Group<String> {
    private final MeterSet own = new MeterSet(registry);

    CacheMeters(String cache) {
      requests(cache, "memory", "hit", CacheStats::memoryHits);
      requests(cache, "memory", "stale", CacheStats::staleMemoryHits);
      requests(cache, "redis", "hit", CacheStats::redisHits);
      requests(cache, "fresh", "miss", CacheStats::misses);
      requests(cache, "fresh", "error", CacheStats::errors);
      own.timer(
          Catalogue.CACHE_LOAD,
          this,
          group -> (long) group.sumOf(stats -> stats.loads() + stats.loadFailures()),
          group -> group.sumOf(stats -> stats.loadTime().toNanos()),
          name,
          cache);
      count(Catalogue.CACHE_LOAD_FAILURES, CacheStats::loadFailures, name, cache);
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
