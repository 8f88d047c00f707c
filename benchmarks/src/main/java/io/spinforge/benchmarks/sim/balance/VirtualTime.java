package io.spinforge.benchmarks.sim.balance;

import java.util.PriorityQueue;
import java.util.function.LongSupplier;

/**
 * A clock that jumps from event to event, in nanoseconds from 0. Events of one time happen in the
 * order in which they were scheduled, so that a run is a function of its seed. Not thread-safe.
 */
final class VirtualTime implements LongSupplier {
  private record Event(long at, long order, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long now;
  private long scheduled;

  @Override
  public long getAsLong() {
    return now;
  }

  /** Schedules an action after a delay of 0 or more. */
  void in(long delay, Runnable action) {
    events.add(new Event(now + delay, scheduled++, action));
  }

  /** Lets everything happen that is due before a time, and ends at that time. */
  void runUntil(long time) {
    while (!events.isEmpty() && events.element().at < time) {
      Event next = events.remove();
      now = next.at;
      next.action.run();
    }
    now = time;
  }
}
