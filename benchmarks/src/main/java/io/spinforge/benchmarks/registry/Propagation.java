package io.spinforge.benchmarks.registry;

import io.spinforge.health.registry.Registration;
import io.spinforge.health.registry.ServiceRegistry;
import io.spinforge.health.registry.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * How long a change takes to reach so many watchers, each a registry with its own connections.
 *
 * <p>{@code Propagation [watchers] [changes]}: from the call that publishes a weight to each
 * watcher's listener.
 */
public final class Propagation {
  private static final String SERVICE = "checkout";

  private Propagation() {}

  /** Runs the measurement and prints percentiles over all watchers and changes. */
  public static void main(String[] args) throws Exception {
    int watchers = args.length > 0 ? Integer.parseInt(args[0]) : 100;
    int changes = args.length > 1 ? Integer.parseInt(args[1]) : 300;
    int warmUp = Math.min(50, changes);
    AtomicLongArray sent = new AtomicLongArray(changes + warmUp + 2);
    Histogram latency = new ConcurrentHistogram(3);
    ExecutorService listeners = Executors.newFixedThreadPool(2);
    try (Lab lab = new Lab("maxclients 10000");
        ServiceRegistry owner = lab.registry().name("owner").build()) {
      Registration me = owner.register(Lab.instance(SERVICE, 1).withWeight(1));
      Lab.awaitActive(List.of(me));
      List<ServiceRegistry> others = new ArrayList<>();
      List<Watch> watches = new ArrayList<>();
      for (int i = 0; i < watchers; i++) {
        ServiceRegistry one =
            lab.registry()
                .name("w" + i)
                .timeout(Duration.ofSeconds(20))
                .listenerExecutor(listeners)
                .build();
        others.add(one);
        watches.add(
            one.watch(
                SERVICE,
                list -> {
                  int weight = list.isEmpty() ? 0 : list.get(0).weight();
                  if (weight > warmUp) {
                    latency.recordValue((System.nanoTime() - sent.get(weight)) / 1000);
                  }
                }));
      }
      Lab.await(
          Duration.ofMinutes(3),
          () -> watches.stream().allMatch(watch -> watch.snapshot().up().size() == 1));
      for (int i = 2; i < changes + warmUp + 2; i++) {
        int weight = i;
        sent.set(i, System.nanoTime());
        me.update(me.instance().withWeight(i));
        Lab.await(
            Duration.ofMinutes(1),
            () -> watches.stream().allMatch(w -> w.snapshot().up().get(0).weight() == weight));
        TimeUnit.MILLISECONDS.sleep(2);
      }
      Lab.print(
          "%,d watchers, %,d changes: p50 %.1f ms, p99 %.1f ms, max %.1f ms (%,d arrivals)",
          watchers,
          changes,
          latency.getValueAtPercentile(50) / 1e3,
          latency.getValueAtPercentile(99) / 1e3,
          latency.getMaxValue() / 1e3,
          latency.getTotalCount());
      others.parallelStream().forEach(ServiceRegistry::close);
    } finally {
      listeners.shutdownNow();
    }
  }
}
