package io.spinforge.balance.pick;

import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Finagle's peak EWMA: of two nodes drawn at random the one with the lower latency × (requests in
 * flight + 1) / weight. A node that never answered costs nothing while it has nothing to do, so it
 * is tried at once, and very much while it has, so it is tried with one request only. A failure
 * never lowers a latency, however fast it came.
 */
public final class PeakEwma implements Algorithm {
  /** The latency of a node that is yet to answer its first request: three years. */
  private static final double UNPROVEN = 1e17;

  private final long tau;
  private final Supplier<RandomGenerator> random;

  /** Creates it with the decay time of latencies. */
  public PeakEwma(long tauNanos, Supplier<RandomGenerator> random) {
    this.tau = tauNanos;
    this.random = random;
  }

  @Override
  public boolean timed() {
    return true;
  }

  @Override
  public Node newNode() {
    return new Measured(tau);
  }

  @Override
  public Picker over(Node[] nodes, double[] weights) {
    Measured[] measured = new Measured[nodes.length];
    System.arraycopy(nodes, 0, measured, 0, nodes.length);
    if (nodes.length == 1) {
      return now -> 0;
    }
    return now -> {
      RandomGenerator draw = random.get();
      int one = draw.nextInt(measured.length);
      int other = draw.nextInt(measured.length - 1);
      other += other >= one ? 1 : 0;
      double cost = measured[one].cost(now) / weights[one];
      return measured[other].cost(now) / weights[other] < cost ? other : one;
    };
  }

  private static final class Measured extends EwmaNode {
    Measured(long tau) {
      super(tau);
    }

    double cost(long now) {
      int inFlight = inFlight();
      double latency = average(now);
      if (latency == 0) {
        return inFlight == 0 ? 0 : UNPROVEN + inFlight;
      }
      return latency * (inFlight + 1.0);
    }

    @Override
    public boolean end(long token, long now, Evidence evidence) {
      if (evidence != Evidence.NONE) {
        learn(now - token, evidence != Evidence.GOOD, now);
      }
      return true;
    }

    @Override
    public double latency(long now) {
      return average(now);
    }
  }
}
