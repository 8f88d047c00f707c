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
    int[] sizes = new int[pickers.length];
    double[] loads = new double[pickers.length];
    for (int i = 0; i < pickers.length; i++) {
      Group<T> group = groups.get(i);
      latest.put(group.key, group);
      pickers[i] = group.picker(algorithm, before.get(group.key));
      sizes[i] = group.members.size();
      loads[i] = group.load;
    }
    before = latest;
    return switch (pickers.length) {
      case 0 -> null;
      case 1 -> pickers[0];
      default -> new Mix(pickers, sizes, loads, algorithm.keyed() ? null : random);
    };
  }
}
