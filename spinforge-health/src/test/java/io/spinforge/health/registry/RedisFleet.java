package io.spinforge.health.registry;

import static io.spinforge.health.registry.RegistrationState.ACTIVE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.with;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.spinforge.testkit.FaultProxy;
import io.spinforge.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * A fleet of registered instances, its watchers and the Redis between them, for tests of what
 * happens when one of these fails.
 */
abstract class RedisFleet {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  static final int FLEET = 6;
  static final String SERVICE = "checkout";

  final List<AutoCloseable> opened = new ArrayList<>();
  RedisServer server;

  @BeforeEach
  void start() {
    server = RedisServer.start();
  }

  @AfterEach
  void stop() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
    server.close();
  }

  RedisClient client(String uri) {
    RedisClient client = RedisClient.create(uri);
    opened.add(() -> client.shutdown(Duration.ZERO, Duration.ofSeconds(2)));
    return client;
  }

  FaultProxy proxy() {
    FaultProxy proxy = FaultProxy.to(server.port());
    opened.add(proxy);
    return proxy;
  }

  static String uri(FaultProxy proxy) {
    return "redis://127.0.0.1:" + proxy.port();
  }

  RedisServiceRegistry registry(RedisClient client, Duration ttl) {
    RedisServiceRegistry registry =
        RedisServiceRegistry.builder(client)
            .ttl(ttl)
            .heartbeat(ttl.dividedBy(5))
            .reconcile(Duration.ofMillis(500))
            .timeout(ttl.compareTo(Duration.ofSeconds(1)) > 0 ? Duration.ofSeconds(1) : ttl)
            .build();
    opened.add(registry);
    return registry;
  }

  static ConditionFactory soon() {
    return with()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .await()
        .atMost(PATIENCE);
  }

  static ServiceInstance instance(int port) {
    return ServiceInstance.of(SERVICE, "10.0.0.7", port).id("node-" + port).build();
  }

  static List<Registration> fleet(ServiceRegistry registry) {
    List<Registration> all =
        IntStream.rangeClosed(1, FLEET).mapToObj(i -> registry.register(instance(i))).toList();
    awaitAll(all, ACTIVE);
    return all;
  }

  static void awaitAll(Collection<Registration> all, RegistrationState state) {
    soon().until(() -> all.stream().allMatch(r -> r.state() == state));
  }

  /** Watches, and keeps the size of every list that it was told once the fleet was complete. */
  static final class Watcher {
    final List<Integer> sizes = new CopyOnWriteArrayList<>();
    final List<Protection> protections = new CopyOnWriteArrayList<>();
    final Watch watch;

    Watcher(ServiceRegistry registry) {
      watch =
          registry.watchSnapshots(
              SERVICE,
              snapshot -> {
                int size = snapshot.up().size();
                if (!sizes.isEmpty() || size == FLEET) {
                  sizes.add(size);
                  protections.add(snapshot.protection());
                }
              });
      soon().until(() -> watch.snapshot().up().size() == FLEET);
    }

    void awaitProtection(Protection protection) {
      soon().until(() -> watch.snapshot().protection(), protection::equals);
    }

    /**
     * Waits until everybody stands in data begun anew. These remove nobody for two TTLs more: for
     * how much of that is left when the test looks is up to the machine.
     */
    void awaitRefilledSince(String generation) {
      soon()
          .until(
              watch::snapshot,
              now -> !now.generation().equals(generation) && isFull(now.protection()));
    }

    static boolean isFull(Protection protection) {
      return protection == Protection.GRACE || protection == Protection.NONE;
    }

    void sawNoShorterList() {
      assertThat(sizes).isNotEmpty().allMatch(size -> size == FLEET);
    }
  }

  RedisCommands<String, String> commands() {
    StatefulRedisConnection<String, String> connection = client(server.uri()).connect();
    return connection.sync();
  }

  static long calls(RedisCommands<String, String> commands, String command) {
    Matcher matcher =
        Pattern.compile("cmdstat_" + command + ":calls=(\\d+)")
            .matcher(commands.info("commandstats"));
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }
}
