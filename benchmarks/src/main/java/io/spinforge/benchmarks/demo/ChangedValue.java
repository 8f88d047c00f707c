package io.spinforge.benchmarks.demo;

import io.spinforge.benchmarks.load.Phase;
import io.spinforge.health.registry.ServiceInstance;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Popular items change while everybody has them in memory. The worker that takes the change
 * invalidates the item, and every other worker forgets it.
 */
final class ChangedValue implements Scene {
  private static final int CHANGES = 10;

  @Override
  public String name() {
    return CHANGES + " values changed";
  }

  @Override
  public List<Promise> play(Stage stage) throws Exception {
    Phase phase = stage.load("changing", Stage.BUSY);
    long staleBefore = stage.customers().catalogue().staleTooLate();
    Optional<Duration> slowest = Optional.of(Duration.ZERO);
    for (int change = 0; change < CHANGES; change++) {
      String item = String.valueOf(change);
      readEverywhere(stage, item);
      stage.change(item, 2);
      Optional<Duration> took = stage.until(Customers.STALENESS, () -> readEverywhere(stage, item));
      slowest = slower(slowest, took);
      stage.pause(Duration.ofMillis(200));
    }
    // What is told from now on must be new as well: the customers go on checking.
    stage.pause(Duration.ofSeconds(1));
    return List.of(
        Promise.within(Customers.STALENESS, "new value on every worker", slowest),
        Promise.atMost(
            0,
            "stale answers after " + Promise.millis(Customers.STALENESS),
            stage.customers().catalogue().staleTooLate() - staleBefore),
        Promise.noneFailed(stage.end(phase)));
  }

  /** Asks every worker's cache for the item; true if all say the second version. */
  private static boolean readEverywhere(Stage stage, String item) {
    boolean all = true;
    for (ServiceInstance worker : stage.shop().workers()) {
      all &= stage.read(worker, item) == 2;
    }
    return all;
  }

  /** The longer of two times; not seen if one of them was not. */
  static Optional<Duration> slower(Optional<Duration> a, Optional<Duration> b) {
    return a.flatMap(first -> b.map(second -> first.compareTo(second) > 0 ? first : second));
  }
}
