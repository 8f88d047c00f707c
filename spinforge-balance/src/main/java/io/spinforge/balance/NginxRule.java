package io.spinforge.balance;

import static java.util.Objects.requireNonNull;

import io.spinforge.balance.guard.Health;
import io.spinforge.balance.guard.NginxHealth;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** nginx's {@code max_fails} and {@code fail_timeout}, which each member may have its own of. */
final class NginxRule<T> {
  private final String name;
  private final Class<T> type;
  private final ToIntFunction<? super T> maxFails;
  private final Function<? super T, Duration> failTimeout;

  private NginxRule(
      String name,
      Class<T> type,
      ToIntFunction<? super T> maxFails,
      Function<? super T, Duration> failTimeout) {
    this.name = name;
    this.type = type;
    this.maxFails = maxFails;
    this.failTimeout = failTimeout;
  }

  /** Returns the rule that is the same for all. */
  static NginxRule<Object> of(int maxFails, int least, Duration failTimeout) {
    if (maxFails < least) {
      throw new IllegalArgumentException("maxFails: " + maxFails + " (expected: >= " + least + ")");
    }
    Durations.nanos("failTimeout", failTimeout);
    return new NginxRule<>(
        "(" + maxFails + ", " + failTimeout + ")",
        Object.class,
        value -> maxFails,
        value -> failTimeout);
  }

  /** Returns the rule that asks each value. */
  static <T> NginxRule<T> of(
      Class<T> type, ToIntFunction<? super T> maxFails, Function<? super T, Duration> failTimeout) {
    requireNonNull(maxFails, "maxFails");
    requireNonNull(failTimeout, "failTimeout");
    return new NginxRule<>(
        "(as each " + type.getSimpleName() + " says)", type, maxFails, failTimeout);
  }

  /** Returns after how many failures a member is left out; 0 for never. */
  int maxFails(Object value) {
    int fails = maxFails.applyAsInt(cast(value));
    if (fails < 0) {
      throw new IllegalArgumentException(
          "maxFails of " + value + ": " + fails + " (expected: >= 0)");
    }
    return fails;
  }

  /** Creates a member's books; null for one that is never left out. */
  @Nullable Health health(Object value) {
    int fails = maxFails(value);
    long nanos = Durations.nanos("failTimeout of " + value, failTimeout.apply(cast(value)));
    return fails == 0 ? null : new NginxHealth(fails, nanos);
  }

  private T cast(Object value) {
    if (!type.isInstance(value)) {
      throw new IllegalArgumentException(
          "value: "
              + value
              + " (expected: a "
              + type.getName()
              + ", the type that nginx was told)");
    }
    return type.cast(value);
  }

  @Override
  public String toString() {
    return name;
  }
}
