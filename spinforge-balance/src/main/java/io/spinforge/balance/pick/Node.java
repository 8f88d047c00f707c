package io.spinforge.balance.pick;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What an algorithm knows of one member, kept for as long as the member lives. This base counts
 * requests in flight and those that succeeded; algorithms that learn more extend it. Thread-safe,
 * lock-free.
 *
 * <p>Both counts are in one word, so that the end of a request is one compare-and-set:
 *
 * <pre>
 *   63                   32 31        0
 *   | successes, mod 2^32   | in flight |
 * </pre>
 */
public class Node {
  private static final VarHandle STATE;
  private static final VarHandle WRAPS;
  private static final long SUCCESS = 1L << 32;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Node.class, "state", long.class);
      WRAPS = MethodHandles.lookup().findVarHandle(Node.class, "wraps", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Only ever changed by atomic read-modify-writes. */
  @SuppressWarnings("unused")
  private volatile long state;

  /**
   * How often the highest bit of the successes has changed: twice for each 2^32 of them. Raised by
   * whoever changed it, after that.
   */
  @SuppressWarnings("unused")
  private volatile int wraps;

  /** Creates a node with nothing in flight. */
  public Node() {}

  /** Creates a node that has had so many successes. */
  Node(long successes) {
    state = successes << 32;
    wraps = (int) (successes >>> 31);
  }

  /** Returns the number of requests in flight, never negative. */
  public final int inFlight() {
    return (int) state;
  }

  /** Returns the number of requests that were released as successes. */
  public final long successes() {
    int changes = wraps; // before the state: it may lag behind that, but not run ahead
    int low = (int) (state >>> 32);
    if ((changes & 1) != low >>> 31) {
      changes++;
    }
    return ((long) (changes >>> 1) << 32) | Integer.toUnsignedLong(low);
  }

  /** Takes another name; a picker over this node keeps the one that it had. */
  public void rename(String name) {}

  /** Counts one more request in flight. */
  public void acquire() {
    STATE.getAndAdd(this, 1L);
  }

  /**
   * Counts one request less. A compare-and-set and not a plain subtraction: taking one away and
   * giving it back when there was none would make a concurrent, honest release look surplus.
   *
   * @param success whether to count it as a success
   * @return false when nothing was in flight, in which case nothing changes
   */
  public boolean release(boolean success) {
    long seen;
    long next;
    do {
      seen = state;
      if ((int) seen <= 0) {
        return false;
      }
      next = seen - 1 + (success ? SUCCESS : 0);
    } while (!STATE.weakCompareAndSet(this, seen, next));
    if ((seen ^ next) < 0) {
      WRAPS.getAndAdd(this, 1);
    }
    return true;
  }

  /** Counts one more request in flight, unless there are that many. */
  final boolean acquireBelow(int limit) {
    long seen;
    do {
      seen = state;
      if ((int) seen >= limit) {
        return false;
      }
    } while (!STATE.weakCompareAndSet(this, seen, seen + 1));
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
