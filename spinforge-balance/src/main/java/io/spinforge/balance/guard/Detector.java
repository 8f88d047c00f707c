package io.spinforge.balance.guard;

import java.util.List;

/**
 * One outlier rule at work in one balancer: what members are held against each other lives here.
 */
public abstract class Detector {
  Detector() {}

  /** Creates the books for a new member. */
  public abstract Health newHealth();

  /**
   * Ejects and takes back what is due. Called by one thread at a time, before anybody asks who may
   * be chosen.
   *
   * @param healths of the members that are listed and not draining, at least two
   */
  public void sweep(List<Health> healths, long now) {}

  /** Creates the detector of a rule that looks at one member at a time. */
  public static Detector ofEach(java.util.function.Supplier<Health> health) {
    return new Detector() {
      @Override
      public Health newHealth() {
        return health.get();
      }
    };
  }
}
