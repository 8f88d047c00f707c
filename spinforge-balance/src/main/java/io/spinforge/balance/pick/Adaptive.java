package io.spinforge.balance.pick;

import java.util.Arrays;
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
 * where latency is the peak-sensitive moving average of {@link Ewma}. What it adds:
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
 * <p>Medians are swept together every 100 ms by the first caller after that time. Everything that a
 * pick reads is immutable or a single word; a pick costs O(1) and allocates nothing.
 */
public final class Adaptive implements Algorithm {
  /** Beyond any latency: what a second request on a node that never answered costs. */
  private static final double UNPROVEN = 1e17;

  private static final double LATE = 2;
  private static final double VERY_LATE = 16;
  private static final int PROBE_EVERY = 8;
  private static final double NEVER_LATE = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long TAU = TimeUnit.SECONDS.toNanos(3);
  private static final long SWEEP = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long FIRST_PROBE = TimeUnit.SECONDS.toNanos(1);
  private static final long LAST_PROBE = TimeUnit.SECONDS.toNanos(16);
  private static final int DRAWS = 3;

  private final Supplier<RandomGenerator> random;

  /** When medians are due again; whoever moves it on sweeps. 0 at the start: long ago, or soon. */
  private final AtomicLong sweepAt = new AtomicLong();

  /** The median of what the nodes' latencies are, and of their 99th percentiles; 0 if unknown. */
  private volatile double median;

  private volatile double percentile;

  /** Counts what changes who is suspended; a picker that lags behind looks again. */
  private final AtomicInteger changes = new AtomicInteger();

  /** Guards the suspension of nodes; nobody ever waits for it. */
  private final ReentrantLock suspending = new ReentrantLock();

  private volatile boolean swept;

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
    return new AdaptiveNode();
  }

  @Override
  public Picker over(Node[] nodes, double[] weights) {
    AdaptiveNode[] own = new AdaptiveNode[nodes.length];
    System.arraycopy(nodes, 0, own, 0, nodes.length);
    return new AdaptivePicker(own, weights);
  }

  private double lateness(double factor) {
    double known = median;
    return known == 0 ? Double.POSITIVE_INFINITY : Math.max(factor * known, NEVER_LATE);
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

    private volatile Division division;

    AdaptivePicker(AdaptiveNode[] nodes, double[] weights) {
      this.nodes = nodes;
      shares = Arrays.stream(weights).map(weight -> 1 / weight).toArray();
      division = divide(changes.get() - 1);
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
      if ((now - due >= 0 || !swept) && sweepAt.compareAndSet(due, now + SWEEP)) {
        swept = true;
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
      double typical = median;
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
        if (typical == 0) {
          break;
        }
      }
      return best;
    }

    private void sweep(long now) {
      double[] latencies = new double[nodes.length];
      double[] percentiles = new double[nodes.length];
      int proven = 0;
      for (AdaptiveNode node : nodes) {
        node.starts.settle();
        node.late = false; // there may have been no room for it: look again, but not at every pick
        double latency = node.latency(now);
        if (latency > 0) {
          latencies[proven] = latency;
          percentiles[proven++] = node.percentile();
        }
      }
      if (proven > 0) {
        Arrays.sort(latencies, 0, proven);
        Arrays.sort(percentiles, 0, proven);
        median = latencies[(proven - 1) / 2];
        percentile = percentiles[(proven - 1) / 2];
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

  private final class AdaptiveNode extends Node {
    private final Ewma ewma = new Ewma(TAU);
    private final Starts starts = new Starts();

    /**
     * This node's frugal 99th percentile, as the bits of a double. Opaque: it stands alone, and a
     * race loses a step, which the next ones make up for.
     */
    private final AtomicLong percentile = new AtomicLong();

    /** Set by anybody who sees it late, taken back by suspension and by each sweep. */
    private volatile boolean late;

    /** Whether it was late enough to count without a second time; written before late is set. */
    private volatile boolean veryLate;

    /** 1 if the last answer was late, else 0. */
    private volatile int lateAnswers;

    /** Written by the holder of the lock. */
    private volatile boolean suspended;

    private volatile long suspendedAt;
    private volatile long interval;

    /** Set by a probe that was in time. */
    private volatile boolean proven;

    /** When the next probe is due; moved on by whoever sends it. */
    private final AtomicLong probeAt = new AtomicLong();

    double cost(long now, double typical) {
      int inFlight = inFlight();
      double latency = ewma.at(now, typical);
      double age = inFlight == 0 ? 0 : (double) starts.oldestAge(now);
      if (age > lateness(LATE) && !late) {
        noticeInFlight(age, now);
      }
      if (latency == 0) {
        return inFlight == 0 && typical > 0 ? typical : UNPROVEN + inFlight;
      }
      return Math.max(latency, age) * (inFlight + 1.0);
    }

    double percentile() {
      return Double.longBitsToDouble(percentile.getOpaque());
    }

    private void noticeInFlight(double age, long now) {
      boolean very = age > lateness(VERY_LATE);
      if (very || lateAnswers + starts.olderThan(lateness(LATE), now) >= 2) {
        notice(very);
      }
    }

    private void noticeAnswer(long took) {
      int before = lateAnswers;
      boolean very = took > lateness(VERY_LATE);
      lateAnswers = 1;
      if (very || before > 0) {
        notice(very);
      }
    }

    private void notice(boolean very) {
      if (!late && !suspended) {
        veryLate = very;
        late = true;
        changes.getAndIncrement();
      }
    }

    @Override
    public long begin(long now) {
      return starts.begin(now);
    }

    @Override
    public long startOf(long token) {
      return Starts.startOf(token);
    }

    @Override
    public boolean end(long token, long now, Evidence evidence) {
      if (!starts.end(token)) {
        return false;
      }
      long start = Starts.startOf(token);
      long took = Math.max(1, now - start);
      switch (evidence) {
        case GOOD -> good(start, took, now);
        case BAD -> bad(Math.max(took, (long) Adaptive.this.percentile), now);
        case SLOW -> bad(took, now);
        case NONE -> {}
      }
      return true;
    }

    private void good(long start, long took, long now) {
      double seen = percentile();
      double next = seen == 0 ? took : took > seen ? seen * 1.099 : seen * 0.999;
      percentile.setOpaque(Double.doubleToRawLongBits(next));
      boolean inTime = took <= lateness(LATE);
      if (suspended && inTime && start - suspendedAt >= 0) {
        ewma.reset(took, now);
        proven = true;
        changes.getAndIncrement();
        return;
      }
      ewma.add(took, false, now);
      if (!inTime) {
        noticeAnswer(took);
      } else if (lateAnswers > 0) {
        lateAnswers = 0;
      }
    }

    private void bad(long took, long now) {
      ewma.add(took, true, now);
      if (took > lateness(LATE)) {
        noticeAnswer(took);
      }
    }

    /** Suspends; the caller holds the lock. */
    void suspend(long now) {
      suspendedAt = now;
      interval = FIRST_PROBE;
      proven = false;
      probeAt.set(now + FIRST_PROBE);
      suspended = true;
      late = false;
      lateAnswers = 0;
    }

    /** Ends the suspension if a probe was in time; the caller holds the lock. */
    boolean resume() {
      if (proven) {
        suspended = false;
      }
      return proven;
    }

    /** Claims the next probe if it is due. */
    boolean startProbe(long now) {
      long due = probeAt.get();
      long next = Math.min(2 * interval, LAST_PROBE);
      if (now - due < 0 || !probeAt.compareAndSet(due, now + next)) {
        return false;
      }
      interval = next;
      return true;
    }

    @Override
    public double latency(long now) {
      return ewma.at(now, median);
    }
  }
}
