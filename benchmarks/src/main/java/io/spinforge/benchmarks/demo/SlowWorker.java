package io.spinforge.benchmarks.demo;

import io.spinforge.benchmarks.load.Phase;
import io.spinforge.benchmarks.load.PhaseResult;
import io.spinforge.health.registry.ServiceInstance;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A worker answers its health checks and every request, but twenty times slower than the others.
 * The balancer sees it in the latencies and gives the work to the others.
 */
final class SlowWorker implements Scene {
  private static final Duration SLOW = ShopWorker.SERVICE_TIME.multipliedBy(20);
  private static final Duration NOTICED = Duration.ofSeconds(2);

  @Override
  public String name() {
    return "worker slow, " + SLOW.toMillis() + " ms";
  }

  @Override
  public List<Promise> play(Stage stage) throws Exception {
    ServiceInstance victim = stage.shop().anyWorker();
    stage.slowDown(victim, SLOW);
    Phase noticing = stage.load("noticing", Stage.BUSY);
    stage.pause(NOTICED);
    Phase avoiding = stage.load("avoiding", Stage.BUSY);
    Map<String, Long> before = stage.customers().servedBy();
    stage.pause(Duration.ofSeconds(8));
    PhaseResult measured = stage.end(avoiding);
    double share = equalShare(victim.id(), before, stage.customers().servedBy());
    stage.slowDown(victim, ShopWorker.SERVICE_TIME);
    return List.of(
        Promise.shareBelow(20, "after 2 s, its part of an equal share", share),
        Promise.p99Below(Stage.FAST, measured),
        Promise.noneFailed(stage.end(noticing), measured));
  }

  /** A worker's answers in percent of what it would give if all who answered gave as many. */
  static double equalShare(String worker, Map<String, Long> before, Map<String, Long> after) {
    long all = 0;
    int workers = 0;
    for (Map.Entry<String, Long> total : after.entrySet()) {
      long answers = total.getValue() - before.getOrDefault(total.getKey(), 0L);
      all += answers;
      workers += answers > 0 || total.getKey().equals(worker) ? 1 : 0;
    }
    long own = after.getOrDefault(worker, 0L) - before.getOrDefault(worker, 0L);
    return all == 0 ? Double.NaN : 100.0 * own * workers / all;
  }
}
