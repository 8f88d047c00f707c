package io.spinforge.benchmarks.registry;

import io.spinforge.health.registry.Registration;
import io.spinforge.health.registry.ServiceRegistry;
import io.spinforge.health.registry.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How long it takes until all registrations stand in Redis again after it lost everything, and
 * whether a watcher ever saw a shorter list.
 *
 * <p>{@code StoreLoss [registrations] [processes]}: first by FLUSHALL, then by a restart.
 */
public final class StoreLoss {
  private static final String SERVICE = "checkout";

  private StoreLoss() {}

  /** Runs both losses and prints what it took. */
  public static void main(String[] args) throws Exception {
    int count = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
    int processes = args.length > 1 ? Integer.parseInt(args[1]) : 100;
    try (Lab lab = new Lab()) {
      List<ServiceRegistry> owners = new ArrayList<>();
      List<Registration> all = new ArrayList<>();
      for (int i = 0; i < processes; i++) {
        owners.add(lab.registry().name("owner-" + i).build());
      }
      for (int i = 0; i < count; i++) {
        all.add(owners.get(i % processes).register(Lab.instance(SERVICE, i)));
      }
      Lab.awaitActive(all);
      try (ServiceRegistry watcher = lab.registry().name("watcher").build()) {
        AtomicInteger shortest = new AtomicInteger(Integer.MAX_VALUE);
        Watch watch =
            watcher.watch(
                SERVICE,
                list -> {
                  if (list.size() == count || shortest.get() < Integer.MAX_VALUE) {
                    shortest.accumulateAndGet(list.size(), Math::min);
                  }
                });
        Lab.await(Duration.ofMinutes(1), () -> watch.snapshot().up().size() == count);
        long flushed = System.nanoTime();
        lab.commands.flushall();
        report("FLUSHALL", lab, flushed, count, shortest);
        lab.server.stop();
        lab.server.restart();
        report("restart, since Redis answers", lab, System.nanoTime(), count, shortest);
      }
      Lab.print(
          "commands that failed or got no answer in time: %,d",
          owners.stream().mapToLong(owner -> owner.stats().storeFailures()).sum());
      owners.parallelStream().forEach(ServiceRegistry::close);
    }
  }

  private static void report(String what, Lab lab, long since, int count, AtomicInteger shortest)
      throws Exception {
    String key = "sf:{" + SERVICE + "}:d";
    Lab.await(
        Duration.ofMinutes(2),
        () -> {
          try {
            return lab.commands.zcard(key) == count;
          } catch (RuntimeException e) {
            return false; // not connected yet
          }
        });
    Lab.print(
        "%s: %,d registrations back after %.2f s; shortest list seen: %,d",
        what, count, (System.nanoTime() - since) / 1e9, shortest.get());
  }
}
