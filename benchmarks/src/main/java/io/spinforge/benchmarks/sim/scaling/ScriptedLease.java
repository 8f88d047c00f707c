package io.spinforge.benchmarks.sim.scaling;

import io.spinforge.scaling.lease.LeaderLease;
import java.util.OptionalLong;

/**
 * A lease that the simulation gives and takes: by the contract of leases, no two are held at once
 * and fences grow.
 */
final class ScriptedLease implements LeaderLease {
  private OptionalLong fence = OptionalLong.empty();
  private int looks;

  /** Gives it with a fence. */
  void give(long fence) {
    this.fence = OptionalLong.of(fence);
    looks = Integer.MAX_VALUE;
  }

  void take() {
    fence = OptionalLong.empty();
  }

  /** Has it run out after so many looks: between a decision and its write, if one. */
  void endAfter(int looks) {
    this.looks = looks;
  }

  @Override
  public OptionalLong fence() {
    if (looks != Integer.MAX_VALUE && looks-- <= 0) {
      fence = OptionalLong.empty();
    }
    return fence;
  }

  @Override
  public void renew() {}

  @Override
  public void release() {
    fence = OptionalLong.empty();
  }
}
