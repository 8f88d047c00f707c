package io.spinforge.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
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

  @Test
  void aSlotMovesWithItsKeysAndAReplicaTakesOverForItsMaster() {
    try (RedisCluster cluster = RedisCluster.startWithReplicas("cluster-node-timeout 1000")) {
      RedisURI uri = RedisURI.create(cluster.uris().get(1));
      uri.setTimeout(Duration.ofSeconds(5));
      try (RedisClusterClient client = RedisClusterClient.create(uri)) {
        RedisAdvancedClusterCommands<String, String> redis = client.connect().sync();
        for (int i = 0; i < 10; i++) {
          redis.set("{a}" + i, "value" + i);
        }
        int slot = SlotHash.getSlot("{a}");
        int before = cluster.ownerOf(slot);
        int after = (before + 1) % 3;
        cluster.moveSlot(
            slot, after, () -> assertThat(redis.get("{a}9")).isEqualTo("value9")); // by ASK
        assertThat(cluster.ownerOf(slot)).isEqualTo(after);
        assertThat(redis.get("{a}9")).isEqualTo("value9");

        redis.set("{a}0", "new");
        redis.getConnection("127.0.0.1", cluster.ports().get(after)).waitForReplication(1, 5000);
        int dead = cluster.ports().get(after);
        cluster.failover(after, () -> {});
        assertThat(cluster.ports()).doesNotContain(dead).hasSize(3);
        client.refreshPartitions();
        assertThat(redis.get("{a}0")).isEqualTo("new");
      }
    }
  }

  private static String info(RedisCluster cluster) throws Exception {
    try (Resp resp = Resp.connect(cluster.ports().get(0), Duration.ofSeconds(5))) {
      return resp.call("CLUSTER", "INFO");
    }
  }
}
