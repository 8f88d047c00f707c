package io.spinforge.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.spinforge.balance.LoadBalancer;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpinForgeMetricsTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final SpinForgeMetrics.Builder builder = SpinForgeMetrics.builder(registry);
  private final LoadBalancer<String> balancer = LoadBalancer.<String>builder().build();

  @Test
  void aSecondComponentOfOneKindAndNameIsRefused() {
    builder.bind("checkout", balancer).bind("search", balancer);
    assertThatIllegalStateException()
        .isThrownBy(() -> builder.bind("checkout", LoadBalancer.<String>builder().build()))
        .withMessage("name: a second LoadBalancer named checkout (expected: each name once)");
  }

  @Test
  void aNameThatIsBoundByAnotherIsRefusedAndNothingStays() {
    balancer.update(List.of("a"));
    SpinForgeMetrics first = SpinForgeMetrics.builder(registry).bind("b", balancer).build();
    int before = registry.getMeters().size();
    assertThatIllegalStateException()
        .isThrownBy(() -> builder.bind("a", balancer).bind("b", balancer).build())
        .withMessageContaining("balancer=b")
        .withMessageContaining("bound on this registry already (expected: once)");
    assertThat(registry.getMeters()).hasSize(before);
    first.close();
    SpinForgeMetrics.builder(registry).bind("b", balancer).build();
  }

  @Test
  void aThingOfAnotherKindIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.bind("x", "y"))
        .withMessage(
            "component: java.lang.String (expected: one of CacheManager, LoadBalancer,"
                + " HealthChecker, ServiceRegistry, Autoscaler, HikariDataSource)");
    assertThatNullPointerException().isThrownBy(() -> builder.bind(null)).withMessage("component");
  }

  @Test
  void settersRefuseWrongAndSecondValues() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.bind(" ", balancer))
        .withMessage("name: \" \" (expected: not blank)");
    assertThatIllegalStateException()
        .isThrownBy(() -> builder.system().system())
        .withMessage("system: bound twice (expected: once)");
    assertThatIllegalStateException()
        .isThrownBy(() -> builder.memberName(String::valueOf).memberName(String::valueOf))
        .withMessage("memberName: set twice (expected: once)");
  }

  @Test
  void systemBindsJvmProcessAndProcessors() {
    SpinForgeMetrics metrics = builder.system().build();
    for (String name :
        List.of("jvm.memory.used", "jvm.threads.live", "process.cpu.usage", "system.cpu.count")) {
      assertThat(registry.find(name).meters()).as(name).isNotEmpty();
    }
    assertThat(metrics.registry()).isSameAs(registry);
    metrics.close();
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void whatTheHostBoundItselfIsNeitherBoundTwiceNorRemoved() {
    try (JvmGcMetrics own = new JvmGcMetrics()) {
      own.bindTo(registry);
      int before = registry.getMeters().size();
      SpinForgeMetrics metrics = builder.system().build();
      assertThat(registry.getMeters().size()).isGreaterThan(before);
      metrics.close();
      assertThat(registry.getMeters()).hasSize(before);
    }
  }
}
