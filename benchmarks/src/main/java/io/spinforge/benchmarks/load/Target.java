package io.spinforge.benchmarks.load;

import java.util.concurrent.CompletionStage;

/** What the driver asks. Called by the driver's one thread, so it must not block. */
@FunctionalInterface
public interface Target {
  /**
   * Sends one request without waiting for its answer.
   *
   * @param number counts up from 0 over all phases of a driver
   * @return completed with the answer; completed exceptionally is a failure named by its exception
   */
  CompletionStage<Answer> send(long number);
}
