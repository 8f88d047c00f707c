package io.spinforge.benchmarks.demo;

import io.spinforge.benchmarks.load.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The evening: few customers, and the pool shrinks without one of them noticing. */
final class FallingLoad implements Scene {
  private static final Duration LIMIT = Duration.ofSeconds(25);
  private static final double EVENING = 30;

  @Override
  public String name() {
    return "load falls to " + (int) EVENING + "/s";
  }

  @Override
  public List<Promise> play(Stage stage) throws Exception {
    Phase phase = stage.load("falling", EVENING);
    Optional<Duration> shrunk =
        stage.until(
            LIMIT,
            () -> stage.crew().processes() == Crew.FEWEST && stage.shop().ready() == Crew.FEWEST);
    stage.pause(Duration.ofSeconds(2));
    return List.of(
        Promise.within(LIMIT, "down to " + Crew.FEWEST + " workers", shrunk),
        Promise.noneFailed(stage.end(phase)),
        Promise.p99Below(Stage.FAST, phase.result()));
  }
}
