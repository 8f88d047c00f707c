package io.spinforge.benchmarks.sim.cache;

import org.jspecify.annotations.Nullable;

/** A lease as it lies in Redis: its token, who took it, and whether somebody waits. */
final class ModelLease {
  private ModelLease() {}

  static String token(String lease) {
    int bar = lease.indexOf('|');
    return bar < 0 ? lease : lease.substring(0, bar);
  }

  /** Returns the lease with the token of {@code lease} if {@code taker} took it. */
  static String taken(String lease, byte[] taker) {
    return token(lease) + "|" + ModelRedis.name(taker);
  }

  /** Tells whether what is held is the lease of a proof. */
  static boolean stands(@Nullable String held, String proof) {
    return held != null && (held.equals(proof) || held.equals(proof + "w"));
  }

  static boolean isWaitedFor(@Nullable String held) {
    return held != null && held.endsWith("w");
  }
}
