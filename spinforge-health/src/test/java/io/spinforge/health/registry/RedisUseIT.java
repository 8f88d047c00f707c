package io.spinforge.health.registry;

import static io.spinforge.health.registry.RegistrationState.ACTIVE;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the registry asks of Redis and of the host's client when all is well. */
final class RedisUseIT extends RedisFleet {
  @Test
  void discoverOfFiveHundredIsOneTripAndNothingScansTheKeys() {
    ServiceRegistry owner = registry(client(server.uri()), Duration.ofSeconds(30));
    IntStream.rangeClosed(1, 500).forEach(i -> owner.register(instance(i)));
    soon().until(() -> owner.stats().active() == 500);
    RedisServiceRegistry asker = // it counts trips, however long one takes here
        RedisServiceRegistry.builder(client(server.uri())).timeout(Duration.ofSeconds(20)).build();
    opened.add(asker);
    assertThat(asker.discover(SERVICE)).hasSize(500);
    owner.close();
    RedisCommands<String, String> commands = commands();
    ServiceRegistry again = registry(client(server.uri()), Duration.ofSeconds(30));
    again.register(instance(1));
    soon().until(() -> again.stats().active() == 1);
    IntStream.rangeClosed(2, 500).forEach(i -> again.register(instance(i)));
    soon().until(() -> again.stats().active() == 500);
    long evals = calls(commands, "evalsha") + calls(commands, "eval");
    long beats = again.stats().heartbeats();
    assertThat(asker.discover(SERVICE)).hasSize(500);
    long trips = calls(commands, "evalsha") + calls(commands, "eval") - evals;
    long beatsMeanwhile = 2 * (again.stats().heartbeats() - beats) + 4; // commands of 128 leases
    assertThat(trips).isBetween(1L, 1 + beatsMeanwhile + 2);
    for (String scan : List.of("keys", "scan", "smembers")) {
      assertThat(calls(commands, scan)).as(scan).isZero();
    }
  }

  @Test
  void fiftyWatchesCostNoMoreCommandsThanOne() {
    RedisCommands<String, String> commands = commands();
    ServiceRegistry registry = registry(client(server.uri()), Duration.ofSeconds(30));
    List<Watch> watches =
        IntStream.range(0, 50).mapToObj(i -> registry.watch(SERVICE, list -> {})).toList();
    soon().until(() -> watches.stream().allMatch(w -> w.snapshot().loaded()));
    long syncs = registry.stats().syncs();
    long evals = calls(commands, "evalsha");
    assertThat(evals).isLessThanOrEqualTo(registry.stats().syncs() + 1);
    assertThat(syncs).isLessThan(10);
    assertThat(commands.pubsubNumsub("sf:{" + SERVICE + "}:n").values()).containsExactly(1L);
  }

  @Test
  void otherPrefixIsAnotherWorld() {
    ServiceRegistry owner = registry(client(server.uri()), Duration.ofSeconds(5));
    fleet(owner);
    RedisServiceRegistry other =
        RedisServiceRegistry.builder(client(server.uri())).prefix("other").build();
    opened.add(other);
    assertThat(other.discover(SERVICE)).isEmpty();
  }

  @Test
  void closeLeavesTheClientOpenAndNoThreadBehind() {
    RedisClient client = client(server.uri());
    RedisServiceRegistry registry = RedisServiceRegistry.builder(client).name("leaving").build();
    registry.watch(SERVICE, list -> {});
    Registration me = registry.register(instance(1));
    soon().until(me::state, ACTIVE::equals);
    registry.close();
    soon()
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(t -> t.getName().startsWith("spinforge-registry-leaving")));
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      assertThat(connection.sync().ping()).isEqualTo("PONG");
      assertThat(connection.sync().zcard("sf:{" + SERVICE + "}:d")).isZero();
    }
  }
}
