package io.spinforge.metrics.doctor;

/** What can be examined. */
public final class Subjects {
  private Subjects() {}

  /** Returns whether this is a client of Lettuce; false where Lettuce is absent. */
  public static boolean isRedisClient(Object client) {
    return Servers.isClient(client);
  }
}
