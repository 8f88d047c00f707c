package io.spinforge.health.probe;

import static java.util.Objects.requireNonNull;

/**
 * A check by asynchronous code; made by {@link Probe#async}.
 *
 * @param check the code
 */
public record AsyncProbe<T>(Async<T> check) implements Probe<T> {
  /** Refuses null. */
  public AsyncProbe {
    requireNonNull(check, "check");
  }
}
