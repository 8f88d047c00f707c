package io.spinforge.benchmarks.demo;

import io.spinforge.benchmarks.load.Phase;
import io.spinforge.benchmarks.load.PhaseResult;
import java.time.Duration;
import java.util.List;

/** A quiet morning: two workers, well below their capacity; the caches fill. */
final class SteadyLoad implements Scene {
  @Override
  public String name() {
    return "steady load";
  }

  @Override
  public List<Promise> play(Stage stage) throws Exception {
    // The first seconds belong to the JIT compilers and cold caches: served well, but not timed.
    Phase opening = stage.load("opening", Stage.QUIET);
    stage.pause(Duration.ofSeconds(4));
    Phase steady = stage.load("steady", Stage.QUIET);
    stage.pause(Duration.ofSeconds(6));
    PhaseResult measured = stage.end(steady);
    return List.of(
        Promise.noneFailed(stage.end(opening), measured), Promise.p99Below(Stage.FAST, measured));
  }
}
