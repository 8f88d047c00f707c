package io.spinforge.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RedisSentinelIT {

  @Test
  void aClientFollowsTheMasterOverTwoFailovers() {
    try (RedisSentinel sentinel = RedisSentinel.start()) {
      assertThat(sentinel.sentinelPorts()).hasSize(3).doesNotHaveDuplicates();
      assertThat(sentinel.masterName()).isEqualTo("mymaster");
      RedisURI uri = RedisURI.create(sentinel.uri());
      uri.setTimeout(Duration.ofSeconds(2));
      try (RedisClient client = RedisClient.create(uri)) {
        RedisCommands<String, String> redis = client.connect().sync();
        redis.set("key", "value");
        int first = sentinel.masterPort();

        sentinel.failover();
        int second = sentinel.masterPort();
        assertThat(second).isNotEqualTo(first);
        awaitWrite(redis);

        sentinel.failover();
        assertThat(sentinel.masterPort()).isNotIn(first, second);
        awaitWrite(redis);
      }
      assertThatIllegalStateException()
          .isThrownBy(sentinel::failover)
          .withMessage("failover: no replica is left");
    }
  }

  private static void awaitWrite(RedisCommands<String, String> redis) {
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .until(() -> redis.set("key", "again").equals("OK"));
  }
}
