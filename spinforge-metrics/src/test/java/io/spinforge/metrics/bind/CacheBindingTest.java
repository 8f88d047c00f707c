package io.spinforge.metrics.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.spinforge.cache.CacheManager;
import io.spinforge.cache.LayeredCache;
import io.spinforge.metrics.SpinForgeMetrics;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CacheBindingTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final CacheManager manager = CacheManager.builder().name("catalog").build();
  private final LayeredCache<String, String> prices = cache("prices");

  @AfterEach
  void close() {
    manager.close();
  }

  private LayeredCache<String, String> cache(String name) {
    return manager
        .cache(name, String.class)
        .key((String key) -> key)
        .loader(
            key -> {
              if (key.equals("broken")) {
                throw new IllegalStateException("as a test wants");
              }
              return key;
            })
        .build();
  }

  private double count(String name, String... tags) {
    return registry.get(name).tags(tags).functionCounter().count();
  }

  @Test
  void readsLoadsAndInvalidationsAreThoseOfTheCache() {
    SpinForgeMetrics.builder(registry).bind(manager).build();
    prices.get("a");
    prices.get("a");
    assertThatThrownBy(() -> prices.get("broken")).isInstanceOf(RuntimeException.class);
    assertThat(registry.get("spinforge.cache.entries").gauge().value()).isEqualTo(1);
    prices.invalidate("a");

    assertThat(count("spinforge.cache.requests", "source", "memory", "outcome", "hit"))
        .isEqualTo(1);
    assertThat(count("spinforge.cache.requests", "source", "fresh", "outcome", "miss"))
        .isEqualTo(1);
    assertThat(count("spinforge.cache.requests", "source", "fresh", "outcome", "error"))
        .isEqualTo(1);
    assertThat(count("spinforge.cache.invalidations", "origin", "local")).isEqualTo(1);
    assertThat(loads("success").count()).isEqualTo(1);
    assertThat(loads("success").totalTime(TimeUnit.NANOSECONDS)).isPositive();
    assertThat(loads("failure").count()).isEqualTo(1);
  }

  private Timer loads(String outcome) {
    return registry
        .get("spinforge.cache.load")
        .tags("manager", "catalog", "cache", "prices", "outcome", outcome)
        .timer();
  }

  @Test
  void aCacheThatIsBuiltLaterShowsAtOnce() {
    SpinForgeMetrics.builder(registry).bind(manager).build();
    cache("stock");
    assertThat(count("spinforge.cache.coalesced", "cache", "stock")).isZero();
    assertThat(registry.get("spinforge.cache.caches").gauge().value()).isEqualTo(2);
  }

  @Test
  void aCacheThatIsBuiltAfterTheEndBringsNoMeters() {
    SpinForgeMetrics.builder(registry).bind(manager).build().close();
    cache("stock").get("a");
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void aManagerWithoutRedisHasNoMetersOfRedis() {
    SpinForgeMetrics.builder(registry).bind(manager).build();
    assertThat(registry.find("spinforge.cache.redis.up").meters()).isEmpty();
  }

  @Test
  void aHundredCachesAreKeptApartAndTheRestAddUp() {
    for (int i = 0; i < 120; i++) {
      cache("c" + i).get("a");
    }
    SpinForgeMetrics.builder(registry).bind("all", manager).build();
    assertThat(registry.get("spinforge.cache.entries").gauges()).hasSize(101);
    assertThat(registry.get("spinforge.cache.entries").tags("cache", "other").gauge().value())
        .isBetween(20.0, 21.0);
  }

  @Test
  void closingTakesEveryMeterAway() {
    SpinForgeMetrics.builder(registry).bind(manager).build().close();
    assertThat(registry.getMeters()).isEmpty();
  }
}
