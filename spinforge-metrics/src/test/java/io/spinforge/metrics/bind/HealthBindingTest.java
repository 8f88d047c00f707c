package io.spinforge.metrics.bind;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.spinforge.balance.LoadBalancer;
import io.spinforge.health.HealthChecker;
import io.spinforge.health.HealthListener;
import io.spinforge.health.probe.Failure;
import io.spinforge.health.probe.Probe;
import io.spinforge.health.probe.ProbeResult;
import io.spinforge.metrics.Allocation;
import io.spinforge.metrics.SpinForgeMetrics;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HealthBindingTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Set<String> sick = ConcurrentHashMap.newKeySet();
  private volatile boolean well = true;
  private volatile ProbeResult otherwise = ProbeResult.failedNow("as a test wants");
  private final HealthChecker<String> checker =
      HealthChecker.<String>builder()
          .probe(
              Probe.async(
                  (target, timeout) ->
                      CompletableFuture.completedFuture(
                          well || !sick.isEmpty() && !sick.contains(target)
                              ? ProbeResult.healthy()
                              : otherwise)))
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

  private Timer checks(String outcome) {
    return registry
        .get("spinforge.health.checks")
        .tags("checker", "backends", "outcome", outcome)
        .timer();
  }

  @Test
  void targetsProbesAndTransitionsAreThoseOfTheChecker() {
    SpinForgeMetrics.builder(registry).bind("backends", checker).build();
    checker.targets(List.of("a", "b"));
    await().atMost(20, SECONDS).until(() -> transitions("healthy") == 2);
    assertThat(status("healthy")).isEqualTo(2);
    assertThat(registry.get("spinforge.health.effective").gauge().value()).isEqualTo(2);
    assertThat(registry.get("spinforge.health.panic").gauge().value()).isZero();
    assertThat(checks("up").count()).isGreaterThanOrEqualTo(2);
    assertThat(checks("up").totalTime(NANOSECONDS)).isPositive();

    well = false;
    await().atMost(20, SECONDS).until(() -> transitions("unhealthy") == 2);
    assertThat(status("unhealthy")).isEqualTo(2);
    assertThat(status("healthy")).isZero();
    assertThat(checks("down").count()).isGreaterThanOrEqualTo(2);
    assertThat(checks("timeout").count()).isZero();
    assertThat(checks("error").count()).isZero();
  }

  @Test
  void closingTakesEveryMeterAwayAndLeavesTheChecker() {
    SpinForgeMetrics.builder(registry).bind(checker).build().close();
    checker.targets(List.of("a"));
    await().atMost(20, SECONDS).until(() -> checker.healthy().equals(List.of("a")));
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void timeoutsAndProbesThatSayNothingAreOutcomesOfTheirOwn() {
    SpinForgeMetrics.builder(registry).bind("backends", checker).build();
    well = false;
    otherwise = ProbeResult.failed(Failure.TIMEOUT, "");
    checker.targets(List.of("a"));
    await().atMost(20, SECONDS).until(() -> checks("timeout").count() > 0);
    otherwise = ProbeResult.inconclusive("short of file descriptors");
    await().atMost(20, SECONDS).until(() -> checks("error").count() > 0);
    assertThat(checks("up").count()).isZero();
    assertThat(checks("down").count()).isZero();
  }

  @Test
  void aClosedBindingHearsNoMoreProbes() {
    SpinForgeMetrics metrics = SpinForgeMetrics.builder(registry).bind("backends", checker).build();
    Timer up = checks("up");
    checker.targets(List.of("a"));
    await().atMost(20, SECONDS).until(() -> up.count() > 0);
    metrics.close();
    // A probe that was being told of while it closed may still count.
    long probes = checker.stats().probes();
    await().atMost(20, SECONDS).until(() -> checker.stats().probes() > probes);
    long heard = up.count();
    await().atMost(20, SECONDS).until(() -> checker.stats().probes() > probes + 3);
    assertThat(up.count()).isEqualTo(heard);
  }

  @Test
  void aProbeHeardAllocatesNothing() {
    HealthListener<Object> listener = HealthBinding.listener(registry, "backends");
    ProbeResult result = ProbeResult.healthy();
    assertThat(Allocation.perCall(() -> listener.onProbe("a", result, 1_000), 20_000))
        .isLessThanOrEqualTo(0.01);
  }

  @Test
  void whatTheCheckerFoundUnfitIsDownInTheBalancerOfItsName() {
    LoadBalancer<String> balancer = LoadBalancer.<String>builder().build();
    checker.onChange(balancer::update);
    SpinForgeMetrics metrics =
        SpinForgeMetrics.builder(registry)
            .bind("backends", checker)
            .bind("backends", balancer)
            .build();
    checker.targets(List.of("a", "b"));
    await().atMost(20, SECONDS).until(() -> members("up") == 2);
    assertThat(members("down")).isZero();
    sick.add("b");
    well = false;
    await().atMost(20, SECONDS).until(() -> members("up") == 1);
    assertThat(members("down")).isEqualTo(1);
    metrics.close();
    assertThat(registry.getMeters()).isEmpty();
  }

  private double members(String state) {
    return registry.get("spinforge.balance.members").tags("state", state).gauge().value();
  }
}
