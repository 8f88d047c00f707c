package io.spinforge.balance;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Reads the members of an update and what each weighs, and rejects all that makes no sense. */
final class Weights<T> {
  private static final double MAX = 65_536;

  private final ToDoubleFunction<? super T> weight;

  Weights(ToDoubleFunction<? super T> weight) {
    this.weight = weight;
  }

  /** Returns each different value with its weight, summed over duplicates. */
  Map<T, Double> of(Collection<? extends T> values) {
    Map<T, Double> sums = new LinkedHashMap<>();
    List<String> wrong = new ArrayList<>();
    int index = 0;
    for (T value : values) {
      if (value == null) {
        wrong.add("values[" + index + "]: null (expected: a value)");
      } else {
        double one = weight.applyAsDouble(value);
        if (!(one >= 0 && one <= MAX)) {
          wrong.add("weight of " + value + ": " + one + " (expected: 0 to 65536)");
        }
        sums.merge(value, one, Double::sum);
      }
      index++;
    }
    if (wrong.isEmpty()) {
      sums.forEach(
          (value, sum) -> {
            if (sum > MAX) {
              wrong.add("weight of " + value + ": " + sum + " (expected: 0 to 65536 in all)");
            }
          });
    }
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", wrong));
    }
    return sums;
  }
}
