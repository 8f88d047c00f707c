package io.spinforge.benchmarks.trials;

import io.lettuce.core.RedisURI;
import io.spinforge.cache.CacheManager;
import io.spinforge.cache.Health;
import io.spinforge.cache.LayeredCache;
import io.spinforge.cache.RedisLayer;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** One instance of a service: a cache manager with one cache over a Redis of the loopback. */
final class Instance implements AutoCloseable {

  final CacheManager manager;
  final LayeredCache<String, String> cache;

  private Instance(CacheManager manager, LayeredCache<String, String> cache) {
    this.manager = manager;
    this.cache = cache;
  }

  /** Starts an instance whose every setting is the default, and which loads from {@code source}. */
  static Instance start(int port, UnaryOperator<String> source) {
    return start(RedisLayer.of(uri(port)), source);
  }

  /** Starts an instance on a Redis layer of its own. */
  static Instance start(RedisLayer layer, UnaryOperator<String> source) {
    CacheManager manager =
        CacheManager.builder()
            .name("trial")
            .memory(m -> m.maximumEntries(100_000).timeToLive(Duration.ofHours(1)))
            .redis(layer)
            .defaults(p -> p.freshFor(Duration.ofHours(1)).jitter(0))
            .build();
    LayeredCache<String, String> cache =
        manager
            .cache("trial", String.class)
            .<String>key(Function.identity())
            .loader(source::apply)
            .build();
    return new Instance(manager, cache);
  }

  static String uri(int port) {
    return RedisURI.create("127.0.0.1", port).toString();
  }

  String get(String key) {
    return String.valueOf(cache.get(key).value());
  }

  boolean isLive() {
    return manager.health().state() == Health.State.LIVE;
  }

  @Override
  public void close() {
    manager.close();
  }
}
