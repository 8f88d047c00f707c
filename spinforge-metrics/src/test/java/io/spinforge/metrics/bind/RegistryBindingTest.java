package io.spinforge.metrics.bind;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.spinforge.health.registry.ServiceInstance;
import io.spinforge.health.registry.ServiceRegistry;
import io.spinforge.metrics.SpinForgeMetrics;
import org.junit.jupiter.api.Test;

class RegistryBindingTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  private double gauge(String name, String... tags) {
    return registry.get(name).tags(tags).gauge().value();
  }

  @Test
  void instancesAndRegistrationsAreThoseOfTheRegistry() {
    try (ServiceRegistry services = ServiceRegistry.inMemory()) {
      SpinForgeMetrics metrics = SpinForgeMetrics.builder(registry).bind("lan", services).build();
      services.watch("checkout", instances -> {});
      services.register(ServiceInstance.of("checkout", "127.0.0.1", 8080).build());
      await()
          .atMost(20, SECONDS)
          .until(() -> gauge("spinforge.registry.instances", "registry", "lan") == 1);
      await()
          .atMost(20, SECONDS)
          .until(() -> gauge("spinforge.registry.registrations", "state", "active") == 1);
      assertThat(gauge("spinforge.registry.registrations", "state", "fenced")).isZero();
      assertThat(gauge("spinforge.registry.services", "state", "watched")).isEqualTo(1);
      assertThat(gauge("spinforge.registry.services", "state", "unreachable")).isZero();
      assertThat(registry.get("spinforge.registry.store.failures").functionCounter().count())
          .isZero();
      metrics.close();
      assertThat(registry.getMeters()).isEmpty();
    }
  }
}
