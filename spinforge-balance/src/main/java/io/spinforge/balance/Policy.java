package io.spinforge.balance;

import io.spinforge.balance.pick.Adaptive;
import io.spinforge.balance.pick.Algorithm;
import io.spinforge.balance.pick.HotCold;
import io.spinforge.balance.pick.LeastLoaded;
import io.spinforge.balance.pick.PeakEwma;
import io.spinforge.balance.pick.PowerOfChoices;
import io.spinforge.balance.pick.RandomChoice;
import io.spinforge.balance.pick.RoundRobin;
import io.spinforge.balance.pick.SmoothWeighted;
import io.spinforge.balance.pick.WeightedRandom;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How a member is chosen. Immutable: one policy may serve many balancers, each keeps its own state.
 * No policy ever chooses a member of weight 0.
 */
public final class Policy {
  private final String name;
  private final Function<Supplier<RandomGenerator>, Algorithm> algorithm;

  /** The outlier rule that comes with the policy, and the panic threshold that suits it. */
  final @Nullable Outlier outlier;

  final double panicThreshold;

  private Policy(String name, Function<Supplier<RandomGenerator>, Algorithm> algorithm) {
    this(name, algorithm, null, 0);
  }

  private Policy(
      String name,
      Function<Supplier<RandomGenerator>, Algorithm> algorithm,
      @Nullable Outlier outlier,
      double panicThreshold) {
    this.name = name;
    this.algorithm = algorithm;
    this.outlier = outlier;
    this.panicThreshold = panicThreshold;
  }

  /**
   * The default: the cheaper of two members drawn at random, by how long they take, how long the
   * oldest request has been waiting, how many are waiting, and weight. Failing fast attracts
   * nothing, new members start with one request at a time, and one that twice in a row takes more
   * than long as the others (and more than 10 ms) is suspended and probed: after 1 s, then at
   * doubling intervals up to 16 s. Brings {@code Outlier.consecutive(5)} and a panic threshold of
   * 0.5 with it, unless the builder is told otherwise. O(1).
   */
  public static Policy adaptive() {
    return new Policy("adaptive", Adaptive::new, Outlier.consecutive(5), 0.5);
  }

  /**
   * Each in its turn. Weights do not count, except 0. O(1); scales with threads, each of which
   * walks the members in order.
   */
  public static Policy roundRobin() {
    return new Policy("roundRobin", random -> new RoundRobin(random.get()));
  }

  /**
   * Each in its turn and as often as its weight, with the turns of a heavy member spread out as
   * nginx does it: weights 5, 1, 1 give a a b a c a a. O(1) a pick. Weights that reduce to a sum of
   * at most 65,536 are kept exactly; others are rounded to about that many turns, at least one
   * each.
   */
  public static Policy smoothWeighted() {
    return new Policy("smoothWeighted", random -> new SmoothWeighted(random.get()));
  }

  /** Any, all equally likely. Weights do not count, except 0. O(1). */
  public static Policy random() {
    return new Policy("random", RandomChoice::new);
  }

  /** Any, likely in proportion to weight. O(1). */
  public static Policy weightedRandom() {
    return new Policy("weightedRandom", WeightedRandom::new);
  }

  /** The fewest requests in flight per weight; ties are broken at random. O(members). */
  public static Policy leastLoaded() {
    return new Policy("leastLoaded", LeastLoaded::new);
  }

  /**
   * The least loaded of {@code d} members drawn at random. O(d).
   *
   * @param d 2 or more; 2 is nearly always enough
   */
  public static Policy powerOf(int d) {
    if (d < 2) {
      throw new IllegalArgumentException("d: " + d + " (expected: >= 2)");
    }
    return new Policy("powerOf(" + d + ")", random -> new PowerOfChoices(d, random));
  }

  /**
   * The cheaper of two members drawn at random, where cost is latency × (requests in flight + 1) /
   * weight, and latency jumps up with a slow answer but comes down slowly. Avoids members that are
   * slow, not only those that are full. O(1).
   *
   * @param tau the time in which an old latency loses most of its say; above 0, often 10 s
   */
  public static Policy peakEwma(Duration tau) {
    long nanos = Durations.nanos("tau", tau);
    return new Policy("peakEwma(" + tau + ")", random -> new PeakEwma(nanos, random));
  }

  /**
   * Prequal: asks a few servers a request how busy they are, without waiting for the answers, and
   * of those that are not among the busier half takes the fastest. For 20 servers and more with
   * many callers each: one caller alone sees the load of a server by its own requests. Counts the
   * requests of all callers, and takes what {@link Member#report} is told like an answer. Brings
   * {@code Outlier.consecutive(5)} and a panic threshold of 0.5 with it, unless the builder is told
   * otherwise. O(1), allocates for each probe.
   *
   * @param probing how servers are asked; of the type that the balancer balances
   */
  public static Policy hotCold(Probing<?> probing) {
    return new Policy(
        "hotCold(" + probing + ")",
        random -> new HotCold(probing::send, probing.perRequest, probing.hotAbove, random),
        Outlier.consecutive(5),
        0.5);
  }

  Algorithm start(Supplier<RandomGenerator> random) {
    return algorithm.apply(random);
  }

  @Override
  public String toString() {
    return name;
  }
}
