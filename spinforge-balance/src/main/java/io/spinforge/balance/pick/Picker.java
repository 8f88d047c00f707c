package io.spinforge.balance.pick;

/** Chooses among one fixed, non-empty set of nodes. Thread-safe, allocates nothing. */
public interface Picker {
  /** Returns the index of the chosen node; {@code now} counts only for timed algorithms. */
  int pick(long now);

  /** Returns the index of the node that a key goes to; only keyed algorithms look at the key. */
  default int pick(long now, long hash) {
    return pick(now);
  }

  /**
   * Counts a request in flight on the node that was picked.
   *
   * @return false when others took its last room meanwhile: nothing was counted, pick again
   */
  default boolean acquire(int index, Node node) {
    node.acquire();
    return true;
  }

  /** Returns a picker over the same nodes that answers only with those that are open. */
  default Picker among(boolean[] open) {
    throw new UnsupportedOperationException("only keyed algorithms choose around nodes");
  }
}
