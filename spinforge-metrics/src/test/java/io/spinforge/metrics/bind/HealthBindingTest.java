package io.spinforge.metrics.bind;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.spinforge.health.HealthChecker;
import io.spinforge.health.probe.Probe;
import io.spinforge.health.probe.ProbeResult;
import io.spinforge.metrics.SpinForgeMetrics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HealthBindingTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private volatile boolean well = true;
  private final HealthChecker<String> checker =
      HealthChecker.<String>builder()
          .probe(
              Probe.async(
                  (target, timeout) ->
                      CompletableFuture.completedFuture(
                          well ? ProbeResult.healthy() : ProbeResult.failedNow("as a test wants"))))
          .interval(Duration.ofMillis(20))
          .build();

  @AfterEach
  void close() {
    checker.close();
  }

  private double status(String status) {
    return registry.get("spinforge.health.status").tags("status", status).gauge().value();
  }

  private double transitions(String to) {
    return registry.get("spinforge.health.transitions").tags("to", to).counter().count();
  }

  private double checks(String outcome) {
    return registry
        .get("spinforge.health.checks")
        .tags("checker", "backends", "outcome", outcome)
        .functionCounter()
        .count();
  }

  @Test
  void targetsProbesAndTransitionsAreThoseOfTheChecker() {
    SpinForgeMetrics.builder(registry).bind("backends", checker).build();
    checker.targets(List.of("a", "b"));
    await().atMost(20, SECONDS).until(() -> transitions("healthy") == 2);
    assertThat(status("healthy")).isEqualTo(2);
    assertThat(registry.get("spinforge.health.effective").gauge().value()).isEqualTo(2);
    assertThat(registry.get("spinforge.health.panic").gauge().value()).isZero();
    assertThat(checks("up")).isGreaterThanOrEqualTo(2);

    well = false;
    await().atMost(20, SECONDS).until(() -> transitions("unhealthy") == 2);
    assertThat(status("unhealthy")).isEqualTo(2);
    assertThat(status("healthy")).isZero();
    assertThat(checks("down")).isGreaterThanOrEqualTo(2);
    assertThat(checks("timeout")).isZero();
  }

  @Test
  void closingTakesEveryMeterAwayAndLeavesTheChecker() {
    SpinForgeMetrics.builder(registry).bind(checker).build().close();
    checker.targets(List.of("a"));
    await().atMost(20, SECONDS).until(() -> checker.healthy().equals(List.of("a")));
    assertThat(registry.getMeters()).isEmpty();
  }
}
