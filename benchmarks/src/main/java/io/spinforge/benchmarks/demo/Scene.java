package io.spinforge.benchmarks.demo;

import java.util.List;

/** One thing that happens to the shop, and what is promised about it. */
interface Scene {
  /** Returns the name in the progress line and in the table. */
  String name();

  /** Plays the scene on the stage as the last one left it, and returns what it promised. */
  List<Promise> play(Stage stage) throws Exception;

  /** Returns the scenes in their order. */
  static List<Scene> all() {
    return List.of(
        new SteadyLoad(),
        new Overload(),
        new KilledWorker(),
        new SlowWorker(),
        new ChangedValue(),
        new RedisAway(),
        new FallingLoad());
  }
}
