package io.spinforge.metrics.bind;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.spinforge.health.registry.Registration;
import io.spinforge.health.registry.ServiceInstance;
import io.spinforge.health.registry.ServiceRegistry;
import io.spinforge.health.registry.Watch;
import io.spinforge.metrics.SpinForgeMetrics;
import org.junit.jupiter.api.Test;

class RegistryBindingTest {
  private final MockClock clock = new MockClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);

  private double gauge(String name, String... tags) {
    return registry.get(name).tags(tags).gauge().value();
  }

  @Test
  void instancesHeartbeatsAndRegistrationsAreThoseOfTheRegistry() {
    try (ServiceRegistry services = ServiceRegistry.inMemory()) {
      SpinForgeMetrics metrics = SpinForgeMetrics.builder(registry).bind("lan", services).build();
      Watch watch = services.watch("checkout", instances -> {});
      Registration registration =
          services.register(ServiceInstance.of("checkout", "127.0.0.1", 8080).build());
      await()
          .atMost(20, SECONDS)
          .until(() -> services.serviceStats().get("checkout").instances() == 1);
      await()
          .atMost(20, SECONDS)
          .until(() -> gauge("spinforge.registry.registrations", "state", "active") == 1);
      assertThat(registry.find("spinforge.registry.instances").meters()).isEmpty();
      clock.addSeconds(1);
      assertThat(gauge("spinforge.registry.registrations", "state", "fenced")).isZero();
      assertThat(gauge("spinforge.registry.instances", "registry", "lan", "service", "checkout"))
          .isEqualTo(1);
      assertThat(gauge("spinforge.registry.heartbeat.age", "service", "checkout"))
          .isBetween(0.0, 3600.0);
      assertThat(gauge("spinforge.registry.services", "state", "watched")).isEqualTo(1);
      assertThat(gauge("spinforge.registry.services", "state", "unreachable")).isZero();
      assertThat(registry.get("spinforge.registry.store.failures").functionCounter().count())
          .isZero();

      registration.close();
      watch.close();
      await().atMost(20, SECONDS).until(() -> services.serviceStats().isEmpty());
      clock.addSeconds(1);
      assertThat(gauge("spinforge.registry.services", "state", "watched")).isZero();
      assertThat(registry.find("spinforge.registry.instances").meters()).isEmpty();
      assertThat(registry.find("spinforge.registry.heartbeat.age").meters()).isEmpty();
      metrics.close();
      assertThat(registry.getMeters()).isEmpty();
    }
  }
}
