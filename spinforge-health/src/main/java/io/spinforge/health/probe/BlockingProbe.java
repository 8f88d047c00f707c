package io.spinforge.health.probe;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A check by blocking code; made by {@link Probe#blocking(Blocking)}.
 *
 * @param check the code
 * @param executor where it runs; null: on threads of the checker
 */
public record BlockingProbe<T>(Blocking<T> check, @Nullable Executor executor) implements Probe<T> {
  /** Refuses a missing check. */
  public BlockingProbe {
    requireNonNull(check, "check");
  }
}
