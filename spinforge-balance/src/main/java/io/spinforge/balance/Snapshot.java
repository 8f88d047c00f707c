package io.spinforge.balance;

import java.util.List;

/**
 * A balancer as it stands at one moment. Gauges of different members are read one after the other.
 *
 * @param members in the order of the last update
 * @param panic whether all members are used because too many are ejected
 * @param <T> the type of the balanced values
 */
public record Snapshot<T>(List<MemberSnapshot<T>> members, boolean panic) {
  /** Copies the list. */
  public Snapshot {
    members = List.copyOf(members);
  }

  /**
   * One member.
   *
   * @param value the balanced value
   * @param weight its share of traffic; 0 is draining
   * @param effectiveWeight what of it counts now: less while the member starts slowly
   * @param inFlight requests in flight
   * @param latencyNanos what the policy expects of it; NaN if the policy keeps none
   * @param ejected whether it is left out for its failures
   * @param requests requests that ended, since the member was first listed
   * @param failures those of them that {@link Outcome#failed() failed}
   * @param <T> the type of the balanced value
   */
  public record MemberSnapshot<T>(
      T value,
      double weight,
      double effectiveWeight,
      int inFlight,
      double latencyNanos,
      boolean ejected,
      long requests,
      long failures) {}
}
