package io.spinforge.balance.pick;

/**
 * Remainder of an unsigned 32-bit number by a fixed divisor, in two multiplications: Lemire, Kaser
 * and Kurz, "Faster remainder by direct computation" (2019). A division costs several times that.
 */
final class Modulo {
  private final long magic;
  private final int divisor;

  Modulo(int divisor) {
    this.divisor = divisor;
    this.magic = Long.divideUnsigned(-1L, divisor) + 1;
  }

  /** Returns {@code Integer.remainderUnsigned(dividend, divisor)}. */
  int of(int dividend) {
    long fraction = magic * (dividend & 0xFFFF_FFFFL);
    // The unsigned high half: the signed one, corrected when the fraction's top bit is set.
    return (int) (Math.multiplyHigh(fraction, divisor) + ((fraction >> 63) & divisor));
  }
}
