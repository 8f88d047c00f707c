package io.spinforge.health.registry;

import io.spinforge.health.registry.store.MemoryLeaseStore;
import java.time.Duration;

/** Makes registries that live in one JVM: the same engine over a store of maps. */
final class InMemory {
  private InMemory() {}

  static ServiceRegistry create() {
    Settings settings =
        new Settings(
            "memory",
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            false);
    Listeners listeners = Listeners.of(null, null, Engine.threadName(settings) + "-listener");
    return Engine.start(settings, new MemoryLeaseStore(), listeners);
  }
}
