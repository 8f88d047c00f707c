package io.spinforge.benchmarks.sim.cache;

import java.util.function.LongSupplier;

/** Which master of a Cluster has a key, and whether it is there. */
final class ModelMasters {
  private final LongSupplier nanos;
  private long[] awayUntil = new long[1];

  ModelMasters(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Divides the partitions among masters, the first of which has the control log. */
  void divide(int masters) {
    awayUntil = new long[masters];
  }

  int count() {
    return awayUntil.length;
  }

  /** Takes a master away for a while. */
  void leave(int master, long duration) {
    awayUntil[master] = Math.max(awayUntil[master], nanos.getAsLong() + duration);
  }

  /** Returns for how long the master of a key does not answer; 0 if it does. */
  long away(String key) {
    return Math.max(0, awayUntil[of(key)] - nanos.getAsLong());
  }

  /** Returns the start of a name that a master has. */
  static String keyOf(int master) {
    return "{:" + master + "}";
  }

  /** Returns the number of the master that has a key. */
  int of(String key) {
    int to = key.indexOf('}');
    int from = key.lastIndexOf(':', to) + 1;
    boolean partition = to > 0 && Character.isDigit(key.charAt(from));
    return partition ? Integer.parseInt(key, from, to, 10) % awayUntil.length : 0;
  }
}
