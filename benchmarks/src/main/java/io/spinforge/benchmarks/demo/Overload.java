package io.spinforge.benchmarks.demo;

import io.spinforge.benchmarks.load.Phase;
import io.spinforge.benchmarks.load.PhaseResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * More customers than two workers can serve: queues grow, the autoscaler starts more processes, and
 * the queues drain. Nobody is turned away, and then it is fast again.
 */
final class Overload implements Scene {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @Override
  public String name() {
    return "overload, " + (int) Stage.BUSY + "/s";
  }

  @Override
  public List<Promise> play(Stage stage) throws Exception {
    Phase growing = stage.load("growing", Stage.BUSY);
    Optional<Duration> scaled = stage.until(LIMIT, () -> stage.shop().ready() >= Crew.MOST);
    stage.pause(Duration.ofSeconds(3));
    Phase grown = stage.load("grown", Stage.BUSY);
    stage.pause(Duration.ofSeconds(5));
    PhaseResult measured = stage.end(grown);
    return List.of(
        Promise.within(LIMIT, Crew.MOST + " workers in service", scaled),
        Promise.noneFailed(stage.end(growing), measured),
        Promise.p99Below(Stage.FAST, measured));
  }
}
