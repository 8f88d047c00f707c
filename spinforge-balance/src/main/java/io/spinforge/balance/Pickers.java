package io.spinforge.balance;

import io.spinforge.balance.pick.Algorithm;
import io.spinforge.balance.pick.Mix;
import io.spinforge.balance.pick.Picker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Makes the pickers of a view, keeping those whose members and weights are as they were. */
final class Pickers<T> {
  private final Algorithm algorithm;
  private final Supplier<RandomGenerator> random;

  /** The groups of the last call by their keys. */
  private Map<String, Group<T>> before = Map.of();

  Pickers(Algorithm algorithm, Supplier<RandomGenerator> random) {
    this.algorithm = algorithm;
    this.random = random;
  }

  /** Makes all pickers anew the next time: members have other names. */
  void forget() {
    before = Map.of();
  }

  /** Returns a picker over the members of all groups; null if there are none. */
  @Nullable Picker over(List<Group<T>> groups) {
    Map<String, Group<T>> latest = new HashMap<>();
    Picker[] pickers = new Picker[groups.size()];
    for (int i = 0; i < pickers.length; i++) {
      Group<T> group = groups.get(i);
      latest.put(group.key, group);
      pickers[i] = group.picker(algorithm, before.get(group.key));
    }
    before = latest;
    return pickers.length == 0 ? null : mix(groups, pickers);
  }

  /**
   * Returns the picker for requests that found a trial taken: a key would fall on the same member
   * again. Null if the picker of {@link #over} will do.
   */
  @Nullable Picker withoutTrials(List<Group<T>> groups) {
    boolean trials = false;
    Picker[] pickers = new Picker[groups.size()];
    for (int i = 0; i < pickers.length; i++) {
      trials |= groups.get(i).hasTrials();
      pickers[i] = groups.get(i).pickerWithoutTrials();
    }
    return trials ? mix(groups, pickers) : null;
  }

  private Picker mix(List<Group<T>> groups, Picker[] pickers) {
    if (pickers.length == 1) {
      return pickers[0];
    }
    int[] sizes = new int[pickers.length];
    double[] loads = new double[pickers.length];
    for (int i = 0; i < pickers.length; i++) {
      sizes[i] = groups.get(i).members.size();
      loads[i] = groups.get(i).load;
    }
    return new Mix(pickers, sizes, loads, algorithm.keyed() ? null : random);
  }
}
