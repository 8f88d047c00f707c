package io.spinforge.health.registry;

import io.spinforge.health.registry.store.Change;
import io.spinforge.health.registry.store.Entry;
import io.spinforge.health.registry.store.LeaseStore;
import io.spinforge.health.registry.store.Sync;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * The simulation's door to the registry's seams. It stands in this package because they are
 * nobody's API: the production engine itself runs, on simulated time and a store that is given.
 */
public final class SimulatedRegistry {
  /** What every simulated registry is built with. */
  public static final Duration TTL = Duration.ofSeconds(30);

  /** How often a watcher asks, give or take a fifth. */
  public static final Duration RECONCILE = Duration.ofSeconds(5);

  private SimulatedRegistry() {}

  /** Opens a registry with the default times, whose listeners are called at once. */
  public static ServiceRegistry open(
      String name, LeaseStore store, SimulatedTime time, SplittableRandom random) {
    Settings settings =
        new Settings(name, TTL, Duration.ofSeconds(10), RECONCILE, Duration.ofSeconds(2), false);
    Listeners listeners = new Listeners(Runnable::run, null, () -> {});
    // Its wall clock is off by up to an hour and jumps, which must not matter.
    return Engine.start(
        settings,
        store,
        listeners,
        time.share(),
        random.split(),
        () -> java.time.Instant.ofEpochSecond(1_700_000_000L + random.nextLong(-3600, 3600)));
  }

  /** Returns what stands in the store, by id. */
  public static Map<String, String> contents(Sync sync) {
    Map<String, String> contents = new TreeMap<>();
    for (Change change : sync.changes()) {
      Entry entry = change.entry();
      if (entry != null) {
        contents.put(change.id(), Statuses.of(entry.status()) + " " + entry.payload());
      }
    }
    return contents;
  }

  /** Returns what a watcher has, by id. */
  public static Map<String, String> contents(ServiceSnapshot snapshot) {
    Map<String, String> contents = new TreeMap<>();
    for (ServiceInstance instance : snapshot.instances()) {
      contents.put(instance.id(), instance.status() + " " + instance.encoded());
    }
    return contents;
  }
}
