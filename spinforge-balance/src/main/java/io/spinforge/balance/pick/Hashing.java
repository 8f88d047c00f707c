package io.spinforge.balance.pick;

/**
 * Hashes that are the same in every process, so that callers agree on whom a key belongs to without
 * asking each other.
 */
final class Hashing {
  private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

  private Hashing() {}

  /**
   * Spreads a number over all 64 bits, one to one: David Stafford's variant 13 of the finalizer of
   * MurmurHash3 ("Better bit mixing", 2011). What a caller hands in need not be a good hash.
   */
  static long mix(long value) {
    long mixed = value + GOLDEN;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
    return mixed ^ (mixed >>> 31);
  }

  /** Returns the n-th of the numbers that belong to an identity. */
  static long nth(long identity, int n) {
    return mix(identity + n * GOLDEN);
  }

  /** Hashes a name by its UTF-16 code units, each mixed in. */
  static long of(String name) {
    long hash = name.length();
    for (int i = 0; i < name.length(); i++) {
      hash = mix(hash ^ name.charAt(i));
    }
    return hash;
  }
}
