package io.spinforge.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.sync.RedisAdvancedClusterCommands;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RedisClusterIT {

  @Test
  void aClientReachesEveryKeyAndLosesAThirdWithAMaster() throws Exception {
    try (RedisCluster cluster = RedisCluster.start()) {
      assertThat(cluster.ports()).hasSize(3).doesNotHaveDuplicates();
      RedisURI uri = RedisURI.create(cluster.uris().get(0));
      uri.setTimeout(Duration.ofSeconds(5));
      try (RedisClusterClient client = RedisClusterClient.create(uri)) {
        RedisAdvancedClusterCommands<String, String> redis = client.connect().sync();
        for (int i = 0; i < 100; i++) {
          redis.set("key" + i, "value" + i);
        }
        assertThat(redis.get("key99")).isEqualTo("value99");
        assertThat(redis.dbsize()).isEqualTo(100);
      }
      cluster.stopMaster(2);
      assertThatThrownBy(() -> Resp.connect(cluster.ports().get(2), Duration.ofSeconds(5)));
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(info(cluster)).contains("cluster_state:fail"));
    }
  }

  private static String info(RedisCluster cluster) throws Exception {
    try (Resp resp = Resp.connect(cluster.ports().get(0), Duration.ofSeconds(5))) {
      return resp.call("CLUSTER", "INFO");
    }
  }
}
