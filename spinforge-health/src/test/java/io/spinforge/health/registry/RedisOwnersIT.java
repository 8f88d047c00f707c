package io.spinforge.health.registry;

import static io.spinforge.health.registry.RegistrationState.ACTIVE;
import static io.spinforge.health.registry.RegistrationState.FENCED;
import static io.spinforge.health.registry.RegistrationState.UNCERTAIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.FaultProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What happens to entries when their owners cannot reach Redis any more. */
final class RedisOwnersIT extends RedisFleet {
  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void leaseOfASilentOwnerEndsAndTheOwnerReturnsByItself() {
    Duration ttl = Duration.ofSeconds(2);
    FaultProxy proxy = proxy();
    ServiceRegistry silent = registry(client(uri(proxy)), ttl);
    Registration me = silent.register(instance(1));
    ServiceRegistry other = registry(client(server.uri()), ttl);
    IntStream.rangeClosed(2, FLEET).forEach(i -> other.register(instance(i)));
    Watcher watcher = new Watcher(other);
    proxy.refuse();
    proxy.cut();
    soon().until(() -> watcher.watch.snapshot().up().size() == FLEET - 1);
    assertThat(watcher.watch.snapshot().up()).doesNotContain(instance(1));
    assertThat(me.state()).isEqualTo(UNCERTAIN);
    proxy.heal();
    soon().until(me::state, ACTIVE::equals);
    soon().until(() -> watcher.watch.snapshot().up().size() == FLEET);
    assertThat(silent.stats().reregistrations()).isEqualTo(1);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void halfTheFleetCutOffFromRedisStaysInTheListAndTheProtectionEndsByItself() {
    Duration ttl = Duration.ofSeconds(2);
    FaultProxy proxy = proxy();
    ServiceRegistry cutOff = registry(client(uri(proxy)), ttl);
    ServiceRegistry other = registry(client(server.uri()), ttl);
    List<Registration> silent = new ArrayList<>();
    List<Registration> all = new ArrayList<>();
    for (int i = 1; i <= FLEET; i++) {
      Registration one = (i % 2 == 0 ? cutOff : other).register(instance(i));
      all.add(one);
      if (i % 2 == 0) {
        silent.add(one);
      }
    }
    awaitAll(all, ACTIVE);
    Watcher watcher = new Watcher(registry(client(server.uri()), ttl));
    Watcher second = new Watcher(other);
    proxy.refuse();
    proxy.cut();
    awaitAll(silent, UNCERTAIN);
    watcher.awaitProtection(Protection.MASS_EXPIRY);
    long begun = System.nanoTime();
    soon().until(() -> System.nanoTime() - begun > 2 * ttl.toNanos());
    assertThat(watcher.watch.snapshot().up())
        .filteredOn(i -> i.status() == InstanceStatus.SUSPECT)
        .extracting(ServiceInstance::port)
        .containsExactly(2, 4, 6);
    proxy.heal();
    awaitAll(silent, ACTIVE);
    watcher.awaitProtection(Protection.NONE);
    second.awaitProtection(Protection.NONE);
    watcher.sawNoShorterList();
    second.sawNoShorterList();
    assertThat(cutOff.stats().reregistrations()).isZero();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void lastInstanceOfAServiceExpiresAlthoughNobodyBeats() {
    Duration ttl = Duration.ofSeconds(2);
    FaultProxy proxy = proxy();
    ServiceRegistry silent = registry(client(uri(proxy)), ttl);
    silent.register(instance(1));
    Watch watch = registry(client(server.uri()), ttl).watch(SERVICE, list -> {});
    soon().until(() -> watch.snapshot().up().size() == 1);
    proxy.refuse();
    proxy.cut();
    soon().until(() -> watch.snapshot().up().isEmpty());
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void ownerWhoseIdWasTakenWhileItWasSilentIsFenced() {
    Duration ttl = Duration.ofSeconds(2);
    FaultProxy proxy = proxy();
    ServiceRegistry zombieHost = registry(client(uri(proxy)), ttl);
    Registration zombie = zombieHost.register(instance(1));
    soon().until(zombie::state, ACTIVE::equals);
    proxy.refuse();
    proxy.cut();
    ServiceInstance successor = ServiceInstance.of(SERVICE, "10.0.0.8", 2).id("node-1").build();
    ServiceRegistry other = registry(client(server.uri()), ttl);
    Registration fresh = other.register(successor);
    soon().until(fresh::state, ACTIVE::equals);
    zombie.update(zombie.instance().withWeight(9));
    proxy.heal();
    soon().until(zombie::state, FENCED::equals);
    assertThat(zombieHost.stats().fenced()).isEqualTo(1);
    assertThat(other.discover(SERVICE)).containsExactly(successor);
    assertThat(fresh.state()).isEqualTo(ACTIVE);
  }
}
