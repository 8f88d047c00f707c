package io.spinforge.health.registry;

import static io.spinforge.health.registry.RegistrationState.ACTIVE;
import static io.spinforge.health.registry.RegistrationState.PENDING;
import static io.spinforge.health.registry.RegistrationState.UNCERTAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.spinforge.testkit.FaultProxy;
import io.spinforge.testkit.RedisSentinel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What happens to owners and watchers when Redis does not answer, or refuses. */
final class RedisSilenceIT extends RedisFleet {
  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void redisPausedForLongerThanTheLeaseEndsNoLease() {
    Duration ttl = Duration.ofSeconds(3);
    ServiceRegistry owner = registry(client(server.uri()), ttl);
    List<Registration> all = fleet(owner);
    Watcher watcher = new Watcher(registry(client(server.uri()), ttl));
    server.pause();
    try {
      awaitAll(all, UNCERTAIN);
      watcher.awaitProtection(Protection.STORE_AWAY);
      long until = System.nanoTime() + ttl.toNanos();
      soon().until(() -> System.nanoTime() - until > 0);
    } finally {
      server.resume();
    }
    awaitAll(all, ACTIVE);
    watcher.awaitProtection(Protection.NONE);
    watcher.sawNoShorterList();
    assertThat(owner.stats().reregistrations()).isZero();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void cutConnectionsAreOpenedAgain() {
    FaultProxy proxy = proxy();
    ServiceRegistry owner = registry(client(uri(proxy)), Duration.ofSeconds(10));
    List<Registration> all = fleet(owner);
    Watcher watcher = new Watcher(registry(client(uri(proxy)), Duration.ofSeconds(10)));
    proxy.cut();
    long beats = owner.stats().heartbeats();
    soon().until(() -> owner.stats().heartbeats() > beats + 1);
    awaitAll(all, ACTIVE);
    watcher.awaitProtection(Protection.NONE);
    ServiceInstance late = instance(FLEET + 1);
    owner.register(late);
    soon().until(() -> watcher.watch.snapshot().up().contains(late));
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void deadConnectionsThatLookOpenAreReplaced() {
    FaultProxy proxy = proxy();
    ServiceRegistry owner = registry(client(uri(proxy)), Duration.ofSeconds(30));
    List<Registration> all = fleet(owner);
    int before = proxy.connections();
    proxy.halfOpen();
    awaitAll(all, UNCERTAIN);
    soon().until(() -> proxy.connections() > before);
    proxy.heal();
    awaitAll(all, ACTIVE);
  }

  @Test
  void registryBuiltWhileRedisIsAwayWaitsForIt() {
    server.stop();
    ServiceRegistry registry = registry(client(server.uri()), Duration.ofSeconds(5));
    Registration me = registry.register(instance(1));
    assertThatThrownBy(() -> registry.discover(SERVICE))
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageContaining(SERVICE);
    assertThat(me.state()).isEqualTo(PENDING);
    server.restart();
    soon().until(me::state, ACTIVE::equals);
    assertThat(registry.discover(SERVICE)).containsExactly(instance(1));
    server.stop();
    assertThat(registry.discover(SERVICE)).containsExactly(instance(1));
  }

  @Test
  void closeWhileRedisIsAwayEndsInTime() {
    ServiceRegistry owner = registry(client(server.uri()), Duration.ofSeconds(5));
    List<Registration> all = fleet(owner);
    server.stop();
    awaitAll(all, UNCERTAIN);
    owner.close();
    assertThat(all).allMatch(r -> r.state() == RegistrationState.CLOSED);
  }

  @Test
  void missingPermissionIsNamed() {
    RedisCommands<String, String> admin = commands();
    admin.dispatch(
        io.lettuce.core.protocol.CommandType.ACL,
        new io.lettuce.core.output.StatusOutput<>(io.lettuce.core.codec.StringCodec.UTF8),
        new io.lettuce.core.protocol.CommandArgs<>(io.lettuce.core.codec.StringCodec.UTF8)
            .add("SETUSER")
            .add("limited")
            .add("on")
            .add(">secret")
            .add("~*")
            .add("&*")
            .add("+@all")
            .add("-@scripting"));
    RedisURI uri = RedisURI.create(server.uri());
    uri.setCredentialsProvider(
        io.lettuce.core.RedisCredentialsProvider.from(
            () -> io.lettuce.core.RedisCredentials.just("limited", "secret")));
    RedisClient limited = RedisClient.create(uri);
    opened.add(() -> limited.shutdown(Duration.ZERO, Duration.ofSeconds(2)));
    ServiceRegistry registry = registry(limited, Duration.ofSeconds(5));
    Registration me = registry.register(instance(1));
    soon().until(() -> registry.explain(SERVICE).toString().contains("'evalsha'"));
    assertThat(me.state()).isEqualTo(PENDING);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void failoverBySentinelKeepsTheFleet() throws Exception {
    try (RedisSentinel sentinel = RedisSentinel.start()) {
      RedisClient client = RedisClient.create(sentinel.uri());
      try (RedisServiceRegistry owner = registry(client, Duration.ofSeconds(10));
          RedisServiceRegistry other = registry(client, Duration.ofSeconds(10))) {
        List<Registration> all = fleet(owner);
        Watcher watcher = new Watcher(other);
        sentinel.failover();
        long beats = owner.stats().heartbeats();
        soon().until(() -> owner.stats().heartbeats() > beats + 1);
        awaitAll(all, ACTIVE);
        watcher.awaitProtection(Protection.NONE);
        watcher.sawNoShorterList();
      } finally {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
      }
    }
  }
}
