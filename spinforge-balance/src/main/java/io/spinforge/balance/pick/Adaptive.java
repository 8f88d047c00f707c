package io.spinforge.balance.pick;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The policy for services whose members differ in ways nobody configured. Of two nodes drawn at
 * random it takes the one with the lower
 *
 * <pre>   max(latency, age of the oldest request in flight) × (requests in flight + 1) / weight
 * </pre>
 *
 * where latency is the peak-sensitive moving average of {@link EwmaNode}. What it adds:
 *
 * <ul>
 *   <li>The age shows a node that stopped answering before any answer is late enough to be counted.
 *   <li>A failure is charged the group's 99th percentile, if it was faster: failing fast attracts
 *       nothing. The percentile is each node's frugal estimate (Ma, Muthukrishnan and Sandler,
 *       "Frugal streaming for estimating quantiles", 2013), and of those the median.
 *   <li>A node that never answered is taken to be as fast as the group's median, and gets one
 *       request at a time until it has; an old latency fades to that median, not to nothing.
 *   <li>A node that is late twice in a row, by requests in flight or by answers, with more than
 *       twice the group's median, or once with more than sixteen times, is suspended: it gets
 *       single probes, the first after a second, each further one after twice the time, up to 16 s.
 *       A probe that is not late ends that. At most half of the nodes are suspended, of which only
 *       a quarter for less than sixteen times the median, and nobody for less than 10 ms: others
 *       have to bear the load of those who are suspended, and become late for it. For the same
 *       reason at most one request in eight is a probe.
 * </ul>
 *
 * <p>A group is the nodes of one picker: those of one priority and zone. Its {@link Pace} is swept
 * every 100 ms by the first caller after that time, and at once where nodes of several groups come
 * together. Everything that a pick reads is immutable or a single word; a pick costs O(1) and
 * allocates nothing.
 */
public final class Adaptive implements Algorithm {
  /** Beyond any latency: what a second request on a node that never answered costs. */
  static final double UNPROVEN = 1e17;

  private static final int PROBE_EVERY = 8;
  private static final long SWEEP = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int DRAWS = 3;

  private final Supplier<RandomGenerator> random;

  /** Counts what changes who is suspended; a picker that lags behind looks again. */
  private final AtomicInteger changes = new AtomicInteger();

  /** Guards the suspension of nodes; nobody ever waits for it. */
  private final ReentrantLock suspending = new ReentrantLock();

  /** Creates it with its source of randomness. */
  public Adaptive(Supplier<RandomGenerator> random) {
    this.random = random;
  }

  @Override
  public boolean timed() {
    return true;
  }

  @Override
  public Node newNode() {
    return new AdaptiveNode(changes);
  }

  @Override
  public Picker over(Node[] nodes, double[] weights) {
    AdaptiveNode[] own = new AdaptiveNode[nodes.length];
    System.arraycopy(nodes, 0, own, 0, nodes.length);
    return new AdaptivePicker(own, weights);
  }

  /** Who takes part, as of a count of changes; immutable. */
  private static final class Division {
    final int changes;
    final int[] active;
    final int[] suspended;

    Division(int changes, int[] active, int[] suspended) {
      this.changes = changes;
      this.active = active;
      this.suspended = suspended;
    }
  }

  private final class AdaptivePicker implements Picker {
    private final AdaptiveNode[] nodes;

    /** What a request costs by weight: one over it, so that a pick need not divide. */
    private final double[] shares;

    /** When the pace is due again; whoever moves it on sweeps. */
    private final AtomicLong sweepAt = new AtomicLong();

    /** Written by whoever sweeps. */
    private volatile Pace pace;

    private volatile Division division;

    /** Whether its nodes were swept together, by it or one before it; guarded by the lock. */
    private boolean begun;

    AdaptivePicker(AdaptiveNode[] nodes, double[] weights) {
      this.nodes = nodes;
      shares = Arrays.stream(weights).map(weight -> 1 / weight).toArray();
      pace = inherit();
      sweepAt.setPlain(pace.due());
      division = divide(changes.get() - 1); // out of date, for the first pick to look
    }

    /** Takes over the pace that the nodes had; if they had several, only until the first pick. */
    private Pace inherit() {
      List<Pace> known =
          Arrays.stream(nodes).map(node -> node.pace).filter(Pace::known).distinct().toList();
      Pace inherited = known.isEmpty() ? Pace.UNKNOWN : known.get(0);
      begun = known.size() == 1;
      for (AdaptiveNode node : nodes) {
        if (!node.pace.known()) {
          node.pace = inherited;
        }
      }
      return inherited;
    }

    @Override
    public int pick(long now) {
      if (nodes.length == 1) {
        return 0;
      }
      Division among = division;
      if (among.changes != changes.get()) {
        among = redivide(now);
      }
      long due = sweepAt.get();
      if (now - due >= 0 && sweepAt.compareAndSet(due, now + SWEEP)) {
        sweep(now);
      }
      int probed = among.suspended.length == 0 ? -1 : probe(among.suspended, now);
      return probed >= 0 ? probed : cheaperOfTwo(among.active, now);
    }

    /** Returns who is to be probed by this request; -1 for nobody. */
    private int probe(int[] suspended, long now) {
      int from = random.get().nextInt(PROBE_EVERY * suspended.length);
      if (from < suspended.length) {
        for (int i = 0; i < suspended.length; i++) {
          int index = suspended[(from + i) % suspended.length];
          if (nodes[index].startProbe(now)) {
            return index;
          }
        }
      }
      return -1;
    }

    private int cheaperOfTwo(int[] active, long now) {
      if (active.length == 1) {
        return active[0];
      }
      RandomGenerator draw = random.get();
      Pace typical = pace;
      int best = active[0];
      double least = Double.POSITIVE_INFINITY;
      // A draw of two that wait for their first answer is repeated: others are known to be good.
      for (int i = 0; i < DRAWS && least >= UNPROVEN; i++) {
        long bits = draw.nextLong();
        int first = Draw.low(bits, active.length);
        int second = Draw.high(bits, active.length - 1);
        int one = active[first];
        int other = active[second >= first ? second + 1 : second];
        double costOfOne = nodes[one].cost(now, typical) * shares[one];
        double costOfOther = nodes[other].cost(now, typical) * shares[other];
        int cheaper = costOfOther < costOfOne ? other : one;
        double cost = Math.min(costOfOne, costOfOther);
        if (cost < least) {
          least = cost;
          best = cheaper;
        }
        if (!typical.known()) {
          break;
        }
      }
      return best;
    }

    private void sweep(long now) {
      double[] latencies = new double[nodes.length];
      double[] percentiles = new double[nodes.length];
      int proven = 0;
      Pace before = pace;
      for (AdaptiveNode node : nodes) {
        node.settle();
        double latency = node.latency(now, before);
        if (latency > 0) {
          latencies[proven] = latency;
          percentiles[proven++] = node.percentile();
        }
      }
      if (proven > 0) {
        Arrays.sort(latencies, 0, proven);
        Arrays.sort(percentiles, 0, proven);
        before = new Pace(latencies[(proven - 1) / 2], percentiles[(proven - 1) / 2], now + SWEEP);
        pace = before;
      }
      for (AdaptiveNode node : nodes) {
        node.pace = before;
      }
    }

    private Division redivide(long now) {
      if (!suspending.tryLock()) {
        return division;
      }
      try {
        int seen = changes.get();
        int out = 0;
        for (AdaptiveNode node : nodes) {
          out += node.suspended && !node.resume() ? 1 : 0;
        }
        for (AdaptiveNode node : nodes) {
          int room = node.veryLate ? nodes.length / 2 : Math.max(1, nodes.length / 4);
          if (!node.suspended && node.late && out < room) {
            node.suspend(now);
            out++;
          }
        }
        division = divide(seen);
        if (!begun) {
          begun = true;
          sweepAt.set(now + SWEEP);
          sweep(now);
        }
        return division;
      } finally {
        suspending.unlock();
      }
    }

    private Division divide(int seen) {
      int[] active = new int[nodes.length];
      int[] suspended = new int[nodes.length];
      int left = 0;
      int out = 0;
      for (int i = 0; i < nodes.length; i++) {
        if (nodes[i].suspended) {
          suspended[out++] = i;
        } else {
          active[left++] = i;
        }
      }
      if (left == 0) { // all of those that the balancer left us: better than nobody
        return new Division(seen, suspended, new int[0]);
      }
      return new Division(seen, Arrays.copyOf(active, left), Arrays.copyOf(suspended, out));
    }
  }
}
