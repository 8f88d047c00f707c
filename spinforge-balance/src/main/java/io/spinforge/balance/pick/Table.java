package io.spinforge.balance.pick;

import org.jspecify.annotations.Nullable;

/** Whom each key belongs to, and whom it falls to instead. Immutable, allocates nothing. */
interface Table {
  /**
   * Returns the first node in the key's own order that the gate admits; the first of all if it
   * admits none.
   *
   * @param key well mixed
   * @param gate null admits everybody
   */
  int find(long key, @Nullable Gate gate);

  /** Lays out a table. */
  @FunctionalInterface
  interface Layout {
    /** Returns the table for these nodes, whose identities differ and whose weights are above 0. */
    Table of(long[] identities, double[] weights);
  }
}
