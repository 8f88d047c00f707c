package io.spinforge.balance;

import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * How zones are told apart, and where the caller is.
 *
 * @param of the zone of a value
 * @param local the caller's zone
 * @param callers how many callers a zone has; null for the same number in every zone
 */
record ZoneRule<T>(
    Function<? super T, String> of, String local, @Nullable ToIntFunction<String> callers) {

  double callersIn(String zone) {
    return callers == null ? 1 : Math.max(0, callers.applyAsInt(zone));
  }
}
