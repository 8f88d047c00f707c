package io.spinforge.health.registry;

import static io.spinforge.health.registry.RegistrationState.ACTIVE;
import static io.spinforge.health.registry.RegistrationState.UNCERTAIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What happens to owners and watchers when Redis loses its data, or a part. */
final class RedisLossIT extends RedisFleet {
  @Test
  void flushedEntriesComeBackAndNoWatcherSeesAShorterList() {
    ServiceRegistry owner = registry(client(server.uri()), Duration.ofSeconds(10));
    List<Registration> all = fleet(owner);
    Watcher watcher = new Watcher(registry(client(server.uri()), Duration.ofSeconds(10)));
    String generation = watcher.watch.snapshot().generation();
    commands().flushall();
    soon().until(() -> owner.stats().reregistrations() == FLEET);
    awaitAll(all, ACTIVE);
    watcher.awaitRefilledSince(generation);
    watcher.sawNoShorterList();
  }

  @Test
  void restartWithEmptyDataLosesNothing() {
    ServiceRegistry owner = registry(client(server.uri()), Duration.ofSeconds(10));
    List<Registration> all = fleet(owner);
    Watcher watcher = new Watcher(registry(client(server.uri()), Duration.ofSeconds(10)));
    String generation = watcher.watch.snapshot().generation();
    server.stop();
    awaitAll(all, UNCERTAIN);
    watcher.awaitProtection(Protection.STORE_AWAY);
    assertThat(owner.stats().uncertain()).isEqualTo(FLEET);
    assertThat(owner.stats().unreachableServices()).isEqualTo(1);
    server.restart();
    awaitAll(all, ACTIVE);
    watcher.awaitRefilledSince(generation);
    watcher.sawNoShorterList();
    assertThat(owner.stats().reregistrations()).isEqualTo(FLEET);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void instanceThatDiedWhileTheStoreWasAwayIsDroppedWhenTheOthersAreBack() {
    Duration ttl = Duration.ofSeconds(3);
    ServiceRegistry dying = registry(client(server.uri()), ttl);
    dying.register(instance(1));
    ServiceRegistry owner = registry(client(server.uri()), ttl);
    IntStream.rangeClosed(2, FLEET).forEach(i -> owner.register(instance(i)));
    Watcher watcher = new Watcher(registry(client(server.uri()), ttl));
    server.stop();
    watcher.awaitProtection(Protection.STORE_AWAY);
    dying.close(); // cannot tell the store
    server.restart();
    watcher.awaitProtection(Protection.REFILLING);
    watcher.awaitProtection(Protection.NONE);
    assertThat(watcher.watch.snapshot().up()).hasSize(FLEET - 1).doesNotContain(instance(1));
    assertThat(watcher.sizes).allMatch(size -> size >= FLEET - 1);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void oneKeyDeletedAloneBringsEverythingBack() {
    ServiceRegistry owner = registry(client(server.uri()), Duration.ofSeconds(5));
    List<Registration> all = fleet(owner);
    Watcher watcher = new Watcher(registry(client(server.uri()), Duration.ofSeconds(5)));
    RedisCommands<String, String> commands = commands();
    for (String key : List.of("i", "o", "m")) {
      String generation = watcher.watch.snapshot().generation();
      commands.del("sf:{" + SERVICE + "}:" + key);
      long beats = owner.stats().heartbeats();
      soon().until(() -> owner.stats().heartbeats() > beats + 1);
      awaitAll(all, ACTIVE);
      watcher.awaitRefilledSince(generation);
      soon().until(() -> commands.zcard("sf:{" + SERVICE + "}:d") == FLEET);
    }
    watcher.sawNoShorterList();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void deadlinesDeletedAloneAreSetByAHeartbeatOrEverythingComesBack() {
    ServiceRegistry owner = registry(client(server.uri()), Duration.ofSeconds(5));
    List<Registration> all = fleet(owner);
    Watcher watcher = new Watcher(registry(client(server.uri()), Duration.ofSeconds(5)));
    RedisCommands<String, String> commands = commands();
    String generation = watcher.watch.snapshot().generation();
    commands.del("sf:{" + SERVICE + "}:d");
    long beats = owner.stats().heartbeats();
    soon().until(() -> owner.stats().heartbeats() > beats + 1);
    awaitAll(all, ACTIVE);
    soon().until(() -> commands.zcard("sf:{" + SERVICE + "}:d") == FLEET);
    // A heartbeat that comes before anybody looks leaves nothing to see.
    soon()
        .until(
            watcher.watch::snapshot,
            now -> {
              boolean same = now.generation().equals(generation);
              return same ? now.protection() == Protection.NONE : Watcher.isFull(now.protection());
            });
    watcher.sawNoShorterList();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void changesDeletedAloneLoseNothingAndLaterOnesAreSeen() {
    ServiceRegistry owner = registry(client(server.uri()), Duration.ofSeconds(5));
    List<Registration> all = fleet(owner);
    Watcher watcher = new Watcher(registry(client(server.uri()), Duration.ofSeconds(5)));
    String generation = watcher.watch.snapshot().generation();
    commands().del("sf:{" + SERVICE + "}:x");
    all.get(0).update(instance(1).withWeight(7));
    soon().until(() -> watcher.watch.snapshot().up().get(0).weight() == 7);
    Watcher later = new Watcher(registry(client(server.uri()), Duration.ofSeconds(5)));
    assertThat(later.watch.snapshot().up().get(0).weight()).isEqualTo(7);
    assertThat(watcher.watch.snapshot().generation()).isEqualTo(generation);
    assertThat(owner.stats().reregistrations()).isZero();
    watcher.sawNoShorterList();
  }

  @Test
  void forgottenScriptsAreSentAgain() {
    ServiceRegistry owner = registry(client(server.uri()), Duration.ofSeconds(5));
    List<Registration> all = fleet(owner);
    commands().scriptFlush();
    long beats = owner.stats().heartbeats();
    soon().until(() -> owner.stats().heartbeats() > beats + 1);
    awaitAll(all, ACTIVE);
    assertThat(owner.stats().storeFailures()).isZero();
  }
}
