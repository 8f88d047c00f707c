package io.spinforge.health.report;

import java.util.Collection;

/**
 * What a component says of itself, most serious first; the four statuses, their order and their
 * HTTP statuses are those of Spring Boot Actuator.
 */
public enum ComponentStatus {
  /** Does not work: 503. */
  DOWN(503),
  /** Works, and is not to be used: 503. */
  OUT_OF_SERVICE(503),
  /** Works: 200. */
  UP(200),
  /** Nothing can be said: 200. */
  UNKNOWN(200);

  private final int httpStatus;

  ComponentStatus(int httpStatus) {
    this.httpStatus = httpStatus;
  }

  /** Returns the HTTP status of a reply with this status. */
  public int httpStatus() {
    return httpStatus;
  }

  /** Returns the most serious of the statuses; {@link #UNKNOWN} if there is none. */
  public static ComponentStatus aggregate(Collection<ComponentStatus> statuses) {
    ComponentStatus most = UNKNOWN;
    for (ComponentStatus status : statuses) {
      most = status.compareTo(most) < 0 ? status : most;
    }
    return most;
  }
}
