package io.spinforge.health.registry;

import io.spinforge.health.registry.store.Leases;
import java.time.Duration;
import java.util.Objects;

/**
 * How many leases of a service may end before that says more about the network than about the
 * instances, as the store last counted. Below five expected renewals there is no limit.
 *
 * @param expected how many instances should renew their leases: those that are there, and those
 *     whose leases ended within the last TTL. Who deregisters, or is removed at a second witness's
 *     word, is not expected any more
 * @param renewing how many did, within two thirds of a TTL
 * @param allowed how many may be silent: 15 % of those expected, at least one
 * @param protectedFor for how long more have been silent; zero if they are not
 */
public record ExpiryBudget(int expected, int renewing, int allowed, Duration protectedFor) {

  /** Checks for null. */
  public ExpiryBudget {
    Objects.requireNonNull(protectedFor, "protectedFor");
  }

  static ExpiryBudget of(Leases leases) {
    return new ExpiryBudget(
        leases.expected(),
        leases.renewing(),
        leases.budget(),
        Duration.ofMillis(Math.max(0, leases.guardedMillis())));
  }

  /** Returns how many are silent. */
  public int silent() {
    return expected - renewing;
  }

  @Override
  public String toString() {
    String sum = renewing + " of " + expected + " renew, " + silent() + " silent, " + allowed;
    String text = sum + (expected < 5 ? " (no limit below 5)" : "") + " allowed";
    return protectedFor.isZero() ? text : text + "; protected for " + protectedFor;
  }
}
