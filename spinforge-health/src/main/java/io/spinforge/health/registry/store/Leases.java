package io.spinforge.health.registry.store;

/**
 * What a service's leases say.
 *
 * @param expected how many should renew: those that are there, and those whose leases ended within
 *     the last lease time
 * @param renewing how many did, within two thirds of a lease
 * @param budget how many may be silent before leases that end mean nothing any more
 * @param guardedMillis for how long that has been so; negative if it is not
 */
public record Leases(int expected, int renewing, int budget, long guardedMillis) {
  /** Of a service without entries. */
  public static final Leases NONE = new Leases(0, 0, 0, -1);
}
