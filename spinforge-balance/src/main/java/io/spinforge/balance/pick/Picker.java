package io.spinforge.balance.pick;

/** Chooses among one fixed, non-empty set of nodes. Thread-safe, allocates nothing. */
public interface Picker {
  /** Returns the index of the chosen node; {@code now} counts only for timed algorithms. */
  int pick(long now);
}
