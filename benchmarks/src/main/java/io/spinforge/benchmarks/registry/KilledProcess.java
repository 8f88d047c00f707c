package io.spinforge.benchmarks.registry;

import io.spinforge.health.HealthChecker;
import io.spinforge.health.probe.HttpProbe;
import io.spinforge.health.registry.ServiceInstance;
import io.spinforge.health.registry.ServiceRegistry;
import io.spinforge.health.registry.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How long a killed process stays in the registry: by its lease alone, and with a health checker as
 * the second witness.
 *
 * <p>{@code KilledProcess [rounds with the lease alone] [rounds with a witness]}; the TTL is 3 s.
 */
public final class KilledProcess {
  private static final long TTL_MILLIS = 3000;

  private KilledProcess() {}

  /** Runs both and prints the longest and the median times. */
  public static void main(String[] args) throws Exception {
    int alone = args.length > 0 ? Integer.parseInt(args[0]) : 5;
    int witnessed = args.length > 1 ? Integer.parseInt(args[1]) : 20;
    try (Lab lab = new Lab();
        Instances instances = new Instances(lab.server.uri(), TTL_MILLIS);
        ServiceRegistry registry = lab.registry().build()) {
      Watch watch = registry.watch(InstanceMain.SERVICE, list -> {});
      report("lease only, TTL 3 s", rounds(instances, watch, alone));
      try (HealthChecker<ServiceInstance> health =
          HealthChecker.<ServiceInstance>builder()
              .probe(HttpProbe.get(i -> i.uri().resolve("/health")))
              .interval(Duration.ofSeconds(5))
              .build()) {
        registry.watch(InstanceMain.SERVICE, health::targets);
        health.onTransition(
            t -> {
              if (t.refused()) {
                registry.confirmDown(t.target());
              }
            });
        report("with a second witness, interval 5 s", rounds(instances, watch, witnessed));
      }
    }
  }

  private static List<Double> rounds(Instances instances, Watch watch, int count) throws Exception {
    List<Double> seconds = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      instances.start();
      Lab.await(Duration.ofMinutes(1), () -> watch.snapshot().up().size() == 1);
      Thread.sleep(1200); // until the checker has a connection that can end
      long killed = System.nanoTime();
      instances.killOldest();
      Lab.await(Duration.ofMinutes(1), () -> watch.snapshot().up().isEmpty());
      seconds.add((System.nanoTime() - killed) / 1e9);
    }
    return seconds;
  }

  private static void report(String what, List<Double> seconds) {
    if (!seconds.isEmpty()) {
      Collections.sort(seconds);
      Lab.print(
          "%s: %d processes killed, out of the list after %.2f s (median), %.2f s (longest)",
          what, seconds.size(), seconds.get(seconds.size() / 2), seconds.get(seconds.size() - 1));
    }
  }
}
