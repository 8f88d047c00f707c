package io.spinforge.balance;

import io.spinforge.balance.Level.Group;
import io.spinforge.balance.pick.Algorithm;
import io.spinforge.balance.pick.Mix;
import io.spinforge.balance.pick.Node;
import io.spinforge.balance.pick.Picker;
import java.util.Arrays;
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

  /** The pickers of the last call by the key of their group. */
  private Map<String, Laid> laid = new HashMap<>();

  Pickers(Algorithm algorithm, Supplier<RandomGenerator> random) {
    this.algorithm = algorithm;
    this.random = random;
  }

  private record Laid(Node[] nodes, double[] weights, Picker picker) {}

  /** Returns a picker over the members of all groups; null if there are none. */
  @Nullable Picker over(List<Group<T>> groups) {
    Map<String, Laid> latest = new HashMap<>();
    Picker[] pickers = new Picker[groups.size()];
    int[] sizes = new int[pickers.length];
    double[] loads = new double[pickers.length];
    for (int i = 0; i < pickers.length; i++) {
      Group<T> group = groups.get(i);
      Laid of = lay(group);
      latest.put(group.key, of);
      pickers[i] = group.open == null ? of.picker() : of.picker().among(group.open);
      sizes[i] = group.members.size();
      loads[i] = group.load;
    }
    laid = latest;
    return switch (pickers.length) {
      case 0 -> null;
      case 1 -> pickers[0];
      default -> new Mix(pickers, sizes, loads, algorithm.keyed() ? null : random);
    };
  }

  private Laid lay(Group<T> group) {
    Node[] nodes = group.members.stream().map(member -> member.node).toArray(Node[]::new);
    double[] weights = group.members.stream().mapToDouble(Member::effectiveWeight).toArray();
    Laid known = laid.get(group.key);
    if (known != null
        && Arrays.equals(nodes, known.nodes)
        && Arrays.equals(weights, known.weights)) {
      return known;
    }
    return new Laid(nodes, weights, algorithm.over(nodes, weights));
  }
}
