package io.spinforge.benchmarks.demo;

import io.spinforge.benchmarks.load.Phase;
import io.spinforge.health.registry.ServiceInstance;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A worker is killed with requests in its hands. They are tried again on others, the balancer stops
 * choosing it, and the pool starts another process in its place.
 */
final class KilledWorker implements Scene {
  private static final Duration EJECTED = Duration.ofSeconds(2);
  private static final Duration REPLACED = Duration.ofSeconds(15);

  @Override
  public String name() {
    return "worker killed";
  }

  @Override
  public List<Promise> play(Stage stage) throws Exception {
    Phase phase = stage.load("killed", Stage.BUSY);
    stage.pause(Duration.ofSeconds(1));
    List<ServiceInstance> before = stage.shop().workers();
    ServiceInstance victim = before.get(0);
    stage.kill(victim);
    Optional<Duration> left = stage.until(EJECTED, () -> !stage.shop().offers(victim));
    Optional<Duration> replaced =
        stage.until(REPLACED, () -> !before.containsAll(stage.shop().workers()));
    stage.pause(Duration.ofSeconds(2));
    return List.of(
        Promise.within(EJECTED, "no longer chosen", left),
        Promise.within(REPLACED, "replaced", replaced),
        Promise.noneFailed(stage.end(phase)),
        Promise.p99Below(Stage.FAST, phase.result()));
  }
}
