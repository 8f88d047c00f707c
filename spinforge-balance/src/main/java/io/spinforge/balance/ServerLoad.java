package io.spinforge.balance;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How busy a server says it is, in answer to a probe. {@link LoadMeter} measures it.
 *
 * @param inFlight requests that it is working on, from all callers, 0 or more
 * @param latency how long a request takes that comes now, by the last ones that found it as busy;
 *     zero if it does not know
 */
public record ServerLoad(int inFlight, Duration latency) {
  /** Checks the values. */
  public ServerLoad {
    if (inFlight < 0) {
      throw new IllegalArgumentException("inFlight: " + inFlight + " (expected: >= 0)");
    }
    if (requireNonNull(latency, "latency").isNegative()) {
      throw new IllegalArgumentException("latency: " + latency + " (expected: >= 0)");
    }
  }
}
