package io.spinforge.health.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.spinforge.health.registry.store.LeaseStore;
import io.spinforge.health.registry.store.MemoryLeaseStore;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class InMemoryRegistryTest extends RegistryContract {
  private final MemoryLeaseStore store = new MemoryLeaseStore();

  @Override
  ServiceRegistry open() {
    Settings settings =
        new Settings(
            "test",
            Duration.ofSeconds(3),
            Duration.ofMillis(300),
            Duration.ofMillis(500),
            Duration.ofSeconds(5),
            false);
    Listeners listeners = Listeners.of(null, null, "spinforge-registry-test-listener");
    return Engine.start(settings, store, listeners);
  }

  @Override
  LeaseStore openStore() {
    return store;
  }

  @Test
  void eachInMemoryRegistryIsAWorldOfItsOwn() {
    try (ServiceRegistry one = ServiceRegistry.inMemory();
        ServiceRegistry other = ServiceRegistry.inMemory()) {
      one.register(ServiceInstance.of("a", "localhost", 1).build());
      await().until(() -> one.discover("a").size() == 1);
      assertThat(other.discover("a")).isEmpty();
    }
  }

  @Test
  void closeLeavesNoThreadBehind() {
    ServiceRegistry registry = ServiceRegistry.inMemory();
    registry.watch("a", list -> {});
    registry.register(ServiceInstance.of("a", "localhost", 1).build());
    registry.close();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(t -> t.getName().startsWith("spinforge-registry-memory")));
  }
}
