package io.spinforge.benchmarks.peers;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** Memory without a second level, which nobody else can invalidate: the measure of a hit. */
final class CaffeineAlone implements Contender {

  @Override
  public String title() {
    return "Caffeine alone";
  }

  @Override
  public Node node(int port, UnaryOperator<String> source) {
    LoadingCache<String, String> cache =
        Caffeine.newBuilder()
            .maximumSize(10_000)
            .expireAfterWrite(Duration.ofMinutes(5))
            .build(source::apply);
    return new Node() {
      @Override
      public String get(String key) {
        return cache.get(key);
      }

      @Override
      public void invalidate(String key) {
        cache.invalidate(key);
      }

      @Override
      public void close() {
        cache.invalidateAll();
      }
    };
  }
}
