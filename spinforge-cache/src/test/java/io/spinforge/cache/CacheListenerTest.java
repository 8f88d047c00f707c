package io.spinforge.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.testkit.ManualTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CacheListenerTest {
  private final ManualTicker ticker = new ManualTicker();
  private final List<String> heard = new ArrayList<>();
  private final CacheManager caches =
      CacheManager.builder().ticker(ticker).listener(new Ears()).build();
  private final LayeredCache<String, String> rows =
      caches.cache("row", String.class).key((String k) -> k).loader(k -> k).build();

  @AfterEach
  void close() {
    caches.close();
  }

  @Test
  void listenerHearsAndMayThrow() {
    rows.get("k");
    rows.invalidate("k");
    assertThat(heard).containsExactly("load row PT0S ok", "invalidation row LOCAL 1");
    assertThat(caches.stats().caches().get("row").localInvalidations()).isEqualTo(1);
    assertThat(caches.stats().redis()).isEmpty();
    assertThat(caches.health().state()).isEqualTo(Health.State.LIVE);
  }

  @Test
  void listenerThatIsAddedHearsOfEveryCacheUntilItIsRemoved() {
    List<String> told = new ArrayList<>();
    CacheListener late =
        new CacheListener() {
          @Override
          public void onCache(String cache) {
            told.add("cache " + cache);
          }

          @Override
          public void onLoad(String cache, Duration took, Throwable failure) {
            told.add("load " + cache);
          }
        };
    caches.addListener(late);
    LayeredCache<String, String> other =
        caches.cache("other", String.class).key((String k) -> k).loader(k -> k).build();
    other.get("a");
    caches.removeListener(late);
    other.get("b");
    caches.cache("third", String.class).key((String k) -> k).build();
    assertThat(told).containsExactly("cache row", "cache other", "load other");
    assertThatThrownBy(() -> caches.addListener(null)).hasMessage("listener");
  }

  private final class Ears implements CacheListener {
    @Override
    public void onLoad(String cache, Duration took, Throwable failure) {
      heard.add("load " + cache + " " + took + (failure == null ? " ok" : " " + failure));
      throw new IllegalStateException("a listener that fails");
    }

    @Override
    public void onInvalidation(String cache, Origin origin, int keys) {
      heard.add("invalidation " + cache + " " + origin + " " + keys);
      throw new IllegalStateException("a listener that fails");
    }
  }
}
