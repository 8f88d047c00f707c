package io.spinforge.benchmarks.peers;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.redisson.Redisson;
import org.redisson.api.RLocalCachedMap;
import org.redisson.api.RedissonClient;
import org.redisson.api.map.MapLoader;
import org.redisson.api.options.LocalCachedMapOptions;
import org.redisson.api.options.LocalCachedMapOptions.ReconnectionStrategy;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

/** Redisson's local cached map, whose entries a loader fills. */
final class RedissonContender implements Contender {

  private final ReconnectionStrategy reconnection;

  RedissonContender(ReconnectionStrategy reconnection) {
    this.reconnection = reconnection;
  }

  @Override
  public String title() {
    return "Redisson (reconnect " + reconnection + ")";
  }

  @Override
  public Node node(int port, UnaryOperator<String> source) {
    Config config = new Config();
    config
        .useSingleServer()
        .setAddress("redis://127.0.0.1:" + port)
        .setConnectionPoolSize(64)
        .setConnectionMinimumIdleSize(4);
    config.setCodec(StringCodec.INSTANCE);
    RedissonClient client = Redisson.create(config);
    RLocalCachedMap<String, String> map =
        client.getLocalCachedMap(
            LocalCachedMapOptions.<String, String>name("races:" + reconnection)
                .cacheSize(10_000)
                .timeToLive(Duration.ofMinutes(5))
                .reconnectionStrategy(reconnection)
                .loader(new Loads(source)));
    return new Node() {
      @Override
      public String get(String key) {
        return String.valueOf(map.get(key));
      }

      @Override
      public void invalidate(String key) {
        map.fastRemove(key);
      }

      @Override
      public void close() {
        client.shutdown();
      }
    };
  }

  private record Loads(UnaryOperator<String> source) implements MapLoader<String, String> {

    @Override
    public String load(String key) {
      return source.apply(key);
    }

    @Override
    public Iterable<String> loadAllKeys() {
      return List.of();
    }
  }
}
