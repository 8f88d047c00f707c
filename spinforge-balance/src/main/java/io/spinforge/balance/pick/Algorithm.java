package io.spinforge.balance.pick;

/**
 * One policy at work in one balancer. What must outlive a change of members (a phase, a group's
 * median) lives here; what depends on the members lives in the {@link Picker}.
 */
public interface Algorithm {
  /** Returns a picker over these nodes; all weights are above 0, and both arrays are its own. */
  Picker over(Node[] nodes, double[] weights);

  /** Creates what this algorithm keeps for a new member. */
  default Node newNode() {
    return new Node();
  }

  /** Creates it for an algorithm that needs to know which value the member stands for. */
  default Node newNodeOf(Object value) {
    return newNode();
  }

  /** Tells whether picks need the time and nodes want to see every end. */
  default boolean timed() {
    return false;
  }

  /**
   * Tells whether nodes are chosen by a key. Then nodes are made by name, and {@link #over} gets
   * those too that may not be chosen now: {@link Picker#among} says who may.
   */
  default boolean keyed() {
    return false;
  }

  /** Creates what this algorithm keeps for a new member of this name. */
  default Node newNode(String name) {
    return newNode();
  }

  /** Returns how many nodes there can be at most. */
  default int maxNodes() {
    return Integer.MAX_VALUE;
  }
}
