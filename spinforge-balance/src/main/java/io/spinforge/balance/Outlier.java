package io.spinforge.balance;

import io.spinforge.balance.guard.ConsecutiveHealth;
import io.spinforge.balance.guard.Health;
import io.spinforge.balance.guard.NginxHealth;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * When a member that fails is left out, and for how long. {@link Outcome#failed()} decides what
 * counts as a failure; {@link Outcome#CANCELLED} and {@link Outcome#IGNORED} never count. A single
 * member is never ejected, and when too many are, the balancer uses all of them. Immutable.
 */
public final class Outlier {
  private final String name;
  private final Supplier<Health> health;

  private Outlier(String name, Supplier<Health> health) {
    this.name = name;
    this.health = health;
  }

  /**
   * nginx's {@code max_fails} and {@code fail_timeout}: a member with this many failures is left
   * out until the timeout has passed since the last one; then one request at a time tries it, and a
   * success takes it back. The count is not a sliding window: only a success that was started more
   * than the timeout after the last failure clears it.
   *
   * @param maxFails 1 or more
   * @param failTimeout above 0
   */
  public static Outlier nginx(int maxFails, Duration failTimeout) {
    if (maxFails < 1) {
      throw new IllegalArgumentException("maxFails: " + maxFails + " (expected: >= 1)");
    }
    long nanos = Durations.nanos("failTimeout", failTimeout);
    return new Outlier(
        "nginx(" + maxFails + ", " + failTimeout + ")", () -> new NginxHealth(maxFails, nanos));
  }

  /**
   * Leaves a member out after this many failures in a row, for 30 s times the number of its
   * ejections (at most 10 times); then one request tries it. Each 30 s in good health forgives one
   * ejection.
   *
   * @param failures 1 or more; often 5
   */
  public static Outlier consecutive(int failures) {
    if (failures < 1) {
      throw new IllegalArgumentException("failures: " + failures + " (expected: >= 1)");
    }
    long base = Duration.ofSeconds(30).toNanos();
    return new Outlier(
        "consecutive(" + failures + ")", () -> new ConsecutiveHealth(failures, base));
  }

  Health newHealth() {
    return health.get();
  }

  @Override
  public String toString() {
    return name;
  }
}
