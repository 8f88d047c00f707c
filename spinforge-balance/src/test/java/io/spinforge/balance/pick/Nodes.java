package io.spinforge.balance.pick;

import java.util.Arrays;

/** Nodes to choose among. */
final class Nodes {
  private Nodes() {}

  static Node[] of(Algorithm algorithm, int... inFlight) {
    Node[] nodes = new Node[inFlight.length];
    for (int i = 0; i < nodes.length; i++) {
      nodes[i] = algorithm.newNodeOf(i);
      for (int j = 0; j < inFlight[i]; j++) {
        nodes[i].acquire();
      }
    }
    return nodes;
  }

  static double[] weights(int size) {
    double[] weights = new double[size];
    Arrays.fill(weights, 1);
    return weights;
  }

  static int[] count(Picker picker, int size, int picks) {
    int[] counts = new int[size];
    for (int i = 0; i < picks; i++) {
      counts[picker.pick(0)]++;
    }
    return counts;
  }
}
