package io.spinforge.benchmarks.gate;

import java.util.ArrayList;
import java.util.List;

/**
 * What a benchmark allocated.
 *
 * @param benchmark the full name, with the values of its parameters in brackets if it has any
 * @param forks bytes per operation, one mean a fork; empty if the run did not measure allocation
 */
record Measured(String benchmark, List<Double> forks) {

  Measured {
    forks = List.copyOf(forks);
  }

  /** Returns the least of the forks, or NaN if there is none. */
  double bytes() {
    return forks.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
  }

  /** Adds the forks of another run of the same benchmark. */
  Measured and(Measured other) {
    List<Double> all = new ArrayList<>(forks);
    all.addAll(other.forks);
    return new Measured(benchmark, all);
  }

  /** Returns the name under which a benchmark is budgeted. */
  static String name(String benchmark, List<String> parameterValues) {
    return parameterValues.isEmpty()
        ? benchmark
        : benchmark + "[" + String.join(",", parameterValues) + "]";
  }
}
