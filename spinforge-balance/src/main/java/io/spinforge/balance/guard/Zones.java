package io.spinforge.balance.guard;

import java.util.Arrays;

/**
 * How requests are shared among zones, by Envoy's zone-aware routing: as many as possible stay in
 * the caller's zone, as long as every member everywhere gets about the same. If the zone has at
 * least the part of the members that it has of the callers, all stay. Otherwise as many stay as its
 * members can take, and the rest goes to the zones that have more members than callers, in
 * proportion to what they have more.
 */
public final class Zones {
  private Zones() {}

  /**
   * Returns the part of a caller's requests for each zone, the sum of which is 1.
   *
   * @param members the weight of the members of each zone, more than 0 in the local one
   * @param callers how many call from each zone; more than 0 in the local one
   * @param local the caller's own zone
   */
  public static double[] shares(double[] members, double[] callers, int local) {
    double allMembers = Arrays.stream(members).sum();
    double allCallers = Arrays.stream(callers).sum();
    double[] shares = new double[members.length];
    double direct = members[local] / allMembers / (callers[local] / allCallers);
    if (direct >= 1) {
      shares[local] = 1;
      return shares;
    }
    double residual = 0;
    for (int i = 0; i < shares.length; i++) {
      // The local zone has less members than callers, and so no residual.
      shares[i] = Math.max(0, members[i] / allMembers - callers[i] / allCallers);
      residual += shares[i];
    }
    for (int i = 0; i < shares.length; i++) {
      shares[i] = (1 - direct) * (residual > 0 ? shares[i] / residual : 1.0 / shares.length);
    }
    shares[local] += direct;
    return shares;
  }
}
