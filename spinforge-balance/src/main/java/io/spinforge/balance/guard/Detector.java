package io.spinforge.balance.guard;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One outlier rule at work in one balancer: what members are held against each other lives here.
 */
public abstract class Detector {
  Detector() {}

  /** Creates the books for a new member, of this value; null for one that is never left out. */
  public abstract @Nullable Health newHealth(Object value);

  /**
   * Ejects and takes back what is due. Called by one thread at a time, before anybody asks who may
   * be chosen.
   *
   * @param healths of the members that are listed and not draining, at least two
   */
  public void sweep(List<Health> healths, long now) {}

  /** Returns how many of so many members may be ejected at once: a part of them, or one. */
  static int allowed(double part, int members) {
    return Math.max(1, (int) Math.floor(part * members + 1e-9));
  }

  /** Creates the detector of a rule that looks at one member at a time. */
  public static Detector ofEach(Function<Object, @Nullable Health> health) {
    return new Detector() {
      @Override
      public @Nullable Health newHealth(Object value) {
        return health.apply(value);
      }
    };
  }
}
