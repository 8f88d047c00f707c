package io.spinforge.health.registry;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import io.spinforge.health.registry.redis.RedisLeaseStore;
import io.spinforge.health.registry.store.LeaseStore;
import io.spinforge.testkit.RedisCluster;
import io.spinforge.testkit.RedisSentinel;
import io.spinforge.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The contract on real servers. */
final class RedisRegistryIT {
  static RedisServiceRegistry fast(RedisServiceRegistry.Builder builder) {
    return builder
        .ttl(Duration.ofSeconds(6))
        .heartbeat(Duration.ofSeconds(1))
        .reconcile(Duration.ofSeconds(1))
        .timeout(Duration.ofSeconds(5))
        .build();
  }

  @Nested
  @Execution(ExecutionMode.CONCURRENT)
  @ResourceLock("standalone") // and so its tests one after the other
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  final class Standalone extends RegistryContract {
    private RedisServer server;
    private RedisClient client;

    @BeforeAll
    void start() {
      server = RedisServer.start();
      client = RedisClient.create(server.uri());
    }

    @AfterAll
    void stop() {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
      server.close();
    }

    @Override
    ServiceRegistry open() {
      return fast(RedisServiceRegistry.builder(client));
    }

    @Override
    LeaseStore openStore() {
      return RedisLeaseStore.of(client, "sf", "silent");
    }
  }

  @Nested
  @Execution(ExecutionMode.CONCURRENT)
  @ResourceLock("sentinel") // and so its tests one after the other
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  final class Sentinel extends RegistryContract {
    private RedisSentinel servers;
    private RedisClient client;

    @BeforeAll
    void start() {
      servers = RedisSentinel.start();
      client = RedisClient.create(servers.uri());
    }

    @AfterAll
    void stop() {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
      servers.close();
    }

    @Override
    ServiceRegistry open() {
      return fast(RedisServiceRegistry.builder(client));
    }

    @Override
    LeaseStore openStore() {
      return RedisLeaseStore.of(client, "sf", "silent");
    }
  }

  @Nested
  @Execution(ExecutionMode.CONCURRENT)
  @ResourceLock("cluster") // and so its tests one after the other
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  final class Cluster extends RegistryContract {
    private RedisCluster servers;
    private RedisClusterClient client;

    @BeforeAll
    void start() {
      servers = RedisCluster.start();
      List<RedisURI> uris = servers.uris().stream().map(RedisURI::create).toList();
      client = RedisClusterClient.create(uris);
    }

    @AfterAll
    void stop() {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
      servers.close();
    }

    @Override
    ServiceRegistry open() {
      return fast(RedisServiceRegistry.builder(client));
    }

    @Override
    LeaseStore openStore() {
      return RedisLeaseStore.of(client, "sf", "silent");
    }
  }
}
