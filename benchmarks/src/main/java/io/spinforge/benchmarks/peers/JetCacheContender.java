package io.spinforge.benchmarks.peers;

import com.alicp.jetcache.Cache;
import com.alicp.jetcache.SimpleCacheManager;
import com.alicp.jetcache.anno.CacheConsts;
import com.alicp.jetcache.anno.CacheType;
import com.alicp.jetcache.embedded.CaffeineCacheBuilder;
import com.alicp.jetcache.redis.lettuce.RedisLettuceCacheBuilder;
import com.alicp.jetcache.support.JavaValueDecoder;
import com.alicp.jetcache.support.JavaValueEncoder;
import com.alicp.jetcache.template.CacheBuilderTemplate;
import com.alicp.jetcache.template.QuickConfig;
import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;

/** JetCache with both levels, loads that are single per key, and other nodes told of changes. */
final class JetCacheContender implements Contender {

  @Override
  public String title() {
    return "JetCache (syncLocal)";
  }

  @Override
  public Node node(int port, UnaryOperator<String> source) {
    RedisClient client = RedisClient.create("redis://127.0.0.1:" + port);
    SimpleCacheManager manager = new SimpleCacheManager();
    manager.setCacheBuilderTemplate(
        new CacheBuilderTemplate(
            true,
            Map.of(
                CacheConsts.DEFAULT_AREA,
                CaffeineCacheBuilder.createCaffeineCacheBuilder().keyConvertor(key -> key)),
            Map.of(
                CacheConsts.DEFAULT_AREA,
                RedisLettuceCacheBuilder.createRedisLettuceCacheBuilder()
                    .redisClient(client)
                    .pubSubConnection(client.connectPubSub())
                    .broadcastChannel("races")
                    .keyConvertor(key -> key)
                    .valueEncoder(JavaValueEncoder.INSTANCE)
                    .valueDecoder(JavaValueDecoder.INSTANCE))));
    Cache<String, String> cache =
        manager.getOrCreateCache(
            QuickConfig.newBuilder("races")
                .cacheType(CacheType.BOTH)
                .syncLocal(true)
                .expire(Duration.ofMinutes(5))
                .localLimit(10_000)
                .<String, String>loader(source::apply)
                .build());
    return new Node() {
      @Override
      public String get(String key) {
        return String.valueOf(cache.get(key));
      }

      @Override
      public void invalidate(String key) {
        cache.remove(key);
      }

      @Override
      public void close() {
        manager.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
      }
    };
  }
}
