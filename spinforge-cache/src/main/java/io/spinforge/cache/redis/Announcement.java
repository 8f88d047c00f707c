package io.spinforge.cache.redis;

import java.time.Duration;

/**
 * Since when this node is announced without a break as one that reads the logs. Belongs to the
 * logs' one thread.
 *
 * <p>The reader of the control log announces its node with each CHECK, for as long as the node may
 * believe what a CHECK proves; see {@link Barriers}. Somebody who waits for all nodes passes over
 * one that is not announced at that moment, since it believes nothing then. So what another reader,
 * whose log is on another master, proved before a break must not be believed after it.
 */
final class Announcement {
  private final long lifeNanos;
  private boolean made;
  private long since;
  private long until;

  Announcement(Duration life) {
    this.lifeNanos = life.toNanos();
  }

  /**
   * Notes that a question that was sent at {@code sent} and is answered now has announced the node;
   * true if there may have been a break before.
   */
  boolean renewed(long sent, long now) {
    boolean again = !made || now - until >= 0;
    if (again) {
      made = true;
      since = now;
    }
    until = sent + lifeNanos;
    return again;
  }

  /** Tells whether the node was announced when a question was sent, and without a break since. */
  boolean covers(long sent) {
    return made && sent - since >= 0;
  }
}
