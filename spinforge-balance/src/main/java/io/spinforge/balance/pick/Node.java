package io.spinforge.balance.pick;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What an algorithm knows of one member, kept for as long as the member lives. This base counts
 * requests in flight; algorithms that learn more extend it. Thread-safe, lock-free.
 */
public class Node {
  private static final VarHandle IN_FLIGHT;

  static {
    try {
      IN_FLIGHT = MethodHandles.lookup().findVarHandle(Node.class, "inFlight", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Requests acquired and not yet released. Only ever changed by atomic read-modify-writes. */
  @SuppressWarnings("unused")
  private volatile int inFlight;

  /** Creates a node with nothing in flight. */
  public Node() {}

  /** Returns the number of requests in flight, never negative. */
  public final int inFlight() {
    return inFlight;
  }

  /** Takes another name; a picker over this node keeps the one that it had. */
  public void rename(String name) {}

  /** Counts one more request in flight. */
  public void acquire() {
    IN_FLIGHT.getAndAdd(this, 1);
  }

  /**
   * Counts one request less. A compare-and-set and not a plain subtraction: taking one away and
   * giving it back when there was none would make a concurrent, honest release look surplus.
   *
   * @return false when nothing was in flight, in which case nothing changes
   */
  public boolean release() {
    int seen;
    do {
      seen = inFlight;
      if (seen <= 0) {
        return false;
      }
    } while (!IN_FLIGHT.weakCompareAndSet(this, seen, seen - 1));
    return true;
  }

  /** Counts one more request in flight, unless there are that many. */
  final boolean acquireBelow(int limit) {
    int seen;
    do {
      seen = inFlight;
      if (seen >= limit) {
        return false;
      }
    } while (!IN_FLIGHT.weakCompareAndSet(this, seen, seen + 1));
    return true;
  }

  /** Notes that a request starts now and returns the token to end it with. */
  public long begin(long now) {
    return now;
  }

  /** Returns the time at which the request of this token began. */
  public long startOf(long token) {
    return token;
  }

  /**
   * Learns from a request that ends now.
   *
   * @return false when this token was ended before, as far as the node can tell
   */
  public boolean end(long token, long now, Evidence evidence) {
    return true;
  }

  /** Takes what the member's server says of its load. */
  public void report(double utilization, double perSecond, int inFlight, long now) {}

  /** Returns the expected latency in nanoseconds; NaN when the algorithm keeps none. */
  public double latency(long now) {
    return Double.NaN;
  }
}
