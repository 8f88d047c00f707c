package io.spinforge.balance;

import io.spinforge.balance.pick.Algorithm;
import io.spinforge.balance.pick.Node;
import io.spinforge.balance.pick.Picker;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Members among whom one picker chooses. */
final class Group<T> {
  /** What tells this group from the others of a selection: its priority and its zone. */
  final String key;

  final List<Member<T>> members;

  /** Who of them may be chosen; null for all. */
  private final boolean @Nullable [] open;

  /** The part of the requests that is for this group, above 0. */
  final double load;

  /** Whether ejected ones are used like all others. */
  final boolean everyone;

  private final Node[] nodes;
  private final double[] weights;

  /** Over all members, open or not. */
  private @Nullable Picker picker;

  Group(
      String key,
      List<Member<T>> members,
      boolean @Nullable [] open,
      double load,
      boolean everyone) {
    this.key = key;
    this.members = members;
    this.open = open;
    this.load = load;
    this.everyone = everyone;
    nodes = new Node[members.size()];
    weights = new double[nodes.length];
  }

  /** Returns a picker for this group: the one of a group before it, if that was the same. */
  Picker picker(Algorithm algorithm, @Nullable Group<T> before) {
    for (int i = 0; i < nodes.length; i++) {
      nodes[i] = members.get(i).node;
      weights[i] = members.get(i).effectiveWeight();
    }
    Picker over =
        before != null
                && before.picker != null
                && Arrays.equals(nodes, before.nodes)
                && Arrays.equals(weights, before.weights)
            ? before.picker
            : algorithm.over(nodes, weights);
    picker = over;
    return open == null ? over : over.among(open);
  }
}
