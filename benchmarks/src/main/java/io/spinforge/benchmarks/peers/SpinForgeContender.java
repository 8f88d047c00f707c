package io.spinforge.benchmarks.peers;

import io.spinforge.cache.CacheManager;
import io.spinforge.cache.LayeredCache;
import io.spinforge.cache.RedisLayer;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Ours, with its defaults. */
final class SpinForgeContender implements Contender {

  @Override
  public String title() {
    return "SpinForge";
  }

  @Override
  public Node node(int port, UnaryOperator<String> source) {
    CacheManager manager =
        CacheManager.builder()
            .name("races")
            .memory(m -> m.maximumEntries(10_000).timeToLive(Duration.ofMinutes(5)))
            .redis(RedisLayer.of("redis://127.0.0.1:" + port))
            .build();
    LayeredCache<String, String> cache =
        manager
            .cache("races", String.class)
            .<String>key(Function.identity())
            .loader(source::apply)
            .build();
    return new Node() {
      @Override
      public String get(String key) {
        return String.valueOf(cache.get(key).value());
      }

      @Override
      public void invalidate(String key) {
        cache.invalidate(key);
      }

      @Override
      public void close() {
        manager.close();
      }
    };
  }
}
