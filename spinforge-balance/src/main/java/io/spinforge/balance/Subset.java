package io.spinforge.balance;

import static java.util.Objects.requireNonNull;

import io.spinforge.balance.pick.Subsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which few of many backends one of many callers uses, so that not everybody is connected to
 * everybody. Put it between those who know the backends and {@link LoadBalancer#update}:
 *
 * <pre>{@code
 * Subset subset = Subset.deterministic(caller, 20);
 * registry.watch("checkout", backends -> balancer.update(subset.of(backends)));
 * }</pre>
 *
 * <p>Immutable.
 */
public final class Subset {
  private final int caller;
  private final int size;

  private Subset(int caller, int size) {
    this.caller = caller;
    this.size = size;
  }

  /**
   * Returns the subset of one of the callers that are numbered 0, 1, 2 and so on. Whatever their
   * number, the backends that callers 0 to n have in use differ by one caller at most. It follows
   * the deterministic subsetting of Google's "Site Reliability Engineering" (2016, chapter 20):
   * callers go through one shuffle of the backends after another, each taking the next so many.
   * There a shuffle's remainder is left over; here the caller whose turn it is takes it and goes on
   * with the next shuffle, in which what it has already comes later.
   *
   * <p>A change of the backends gives most callers another subset. Numbers must be the callers' own
   * and without gaps, as those of a stateful set are; with random numbers backends have more and
   * less, as by any random choice.
   *
   * @param caller 0 to 100,000
   * @param size of the subset, 1 or more; all backends if there are no more
   */
  public static Subset deterministic(int caller, int size) {
    if (caller < 0 || caller > 100_000) {
      throw new IllegalArgumentException("caller: " + caller + " (expected: 0 to 100000)");
    }
    if (size < 1) {
      throw new IllegalArgumentException("size: " + size + " (expected: >= 1)");
    }
    return new Subset(caller, size);
  }

  /**
   * Returns this caller's values. Callers agree if they know the same values, in whatever order:
   * what counts is {@code String.valueOf}. Duplicates count once. Costs about caller × size ×
   * log2(values) steps.
   */
  public <T> List<T> of(Collection<? extends T> values) {
    Map<String, T> byName = new LinkedHashMap<>();
    for (T value : requireNonNull(values, "values")) {
      byName.putIfAbsent(String.valueOf(value), value);
    }
    return Subsets.deterministic(byName.keySet(), caller, size).stream()
        .map(name -> requireNonNull(byName.get(name), name))
        .toList();
  }

  @Override
  public String toString() {
    return "deterministic(" + caller + ", " + size + ")";
  }
}
