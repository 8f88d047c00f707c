package io.spinforge.balance;

import io.spinforge.balance.pick.Adaptive;
import io.spinforge.balance.pick.Algorithm;
import io.spinforge.balance.pick.HotCold;
import io.spinforge.balance.pick.Keyed;
import io.spinforge.balance.pick.LeastLoaded;
import io.spinforge.balance.pick.LvsWeighted;
import io.spinforge.balance.pick.NginxRoundRobin;
import io.spinforge.balance.pick.PeakEwma;
import io.spinforge.balance.pick.PowerOfChoices;
import io.spinforge.balance.pick.RandomChoice;
import io.spinforge.balance.pick.RoundRobin;
import io.spinforge.balance.pick.SmoothWeighted;
import io.spinforge.balance.pick.WeightedRandom;
import java.time.Duration;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How a member is chosen. Immutable: one policy may serve many balancers, each keeps its own state.
 * No policy ever chooses a member of weight 0.
 */
public final class Policy {
  /** What a policy makes of weights and keys. */
  enum Kind {
    /** Weights do not count, except 0. */
    PLAIN,
    WEIGHTED,
    /** Weighted, and the same key means the same member. */
    KEYED
  }

  private static final double MAX_BOUND = 100;

  private final String name;
  private final Function<Supplier<RandomGenerator>, Algorithm> algorithm;

  final Kind kind;

  /** The outlier rule that comes with the policy, and the panic threshold that suits it. */
  final @Nullable Outlier outlier;

  final double panicThreshold;

  /** The same policy with a bound on loads; null if it has one, or cannot have one. */
  private final @Nullable DoubleFunction<Policy> bounded;

  private Policy(String name, Kind kind, Function<Supplier<RandomGenerator>, Algorithm> algorithm) {
    this(name, kind, algorithm, null, 0, null);
  }

  private Policy(
      String name,
      Kind kind,
      Function<Supplier<RandomGenerator>, Algorithm> algorithm,
      @Nullable Outlier outlier,
      double panicThreshold,
      @Nullable DoubleFunction<Policy> bounded) {
    this.name = name;
    this.kind = kind;
    this.algorithm = algorithm;
    this.outlier = outlier;
    this.panicThreshold = panicThreshold;
    this.bounded = bounded;
  }

  private static Policy keyed(String name, DoubleFunction<Algorithm> algorithm) {
    DoubleFunction<Policy> bounded =
        c ->
            new Policy(
                name + ".boundedLoad(" + c + ")",
                Kind.KEYED,
                random -> algorithm.apply(c),
                null,
                0,
                null);
    return new Policy(name, Kind.KEYED, random -> algorithm.apply(0), null, 0, bounded);
  }

  /**
   * The default: the cheaper of two members drawn at random, by how long they take, how long the
   * oldest request has been waiting, how many are waiting, and weight. Failing fast attracts
   * nothing, and new members start with one request at a time. One that twice in a row takes more
   * than twice as long as the others (and more than 10 ms) is suspended and probed: after 1 s, then
   * at doubling intervals up to 16 s. Brings {@code Outlier.consecutive(5)} and a panic threshold
   * of 0.5 with it, unless the builder is told otherwise. O(1).
   */
  public static Policy adaptive() {
    return new Policy("adaptive", Kind.WEIGHTED, Adaptive::new, Outlier.consecutive(5), 0.5, null);
  }

  /**
   * Each in its turn. Weights do not count, except 0. O(1); scales with threads, each of which
   * walks the members in order.
   */
  public static Policy roundRobin() {
    return new Policy("roundRobin", Kind.PLAIN, random -> new RoundRobin(random.get()));
  }

  /**
   * Each in its turn and as often as its weight, with the turns of a heavy member spread out as
   * nginx does it: weights 5, 1, 1 give a a b a c a a. Where nginx would leave a member a whole
   * request ahead or behind its share, the turns are spread more evenly. O(1) a pick. Weights that
   * reduce to a sum of at most 65,536 are kept exactly; others are rounded to about that many
   * turns, at least one each.
   */
  public static Policy smoothWeighted() {
    return new Policy("smoothWeighted", Kind.WEIGHTED, random -> new SmoothWeighted(random.get()));
  }

  /** Any, all equally likely. Weights do not count, except 0. O(1). */
  public static Policy random() {
    return new Policy("random", Kind.PLAIN, RandomChoice::new);
  }

  /** Any, likely in proportion to weight. O(1). */
  public static Policy weightedRandom() {
    return new Policy("weightedRandom", Kind.WEIGHTED, WeightedRandom::new);
  }

  /** The fewest requests in flight per weight; ties are broken at random. O(members). */
  public static Policy leastLoaded() {
    return new Policy("leastLoaded", Kind.WEIGHTED, LeastLoaded::new);
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
    return new Policy("powerOf(" + d + ")", Kind.WEIGHTED, random -> new PowerOfChoices(d, random));
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
    return new Policy(
        "peakEwma(" + tau + ")", Kind.WEIGHTED, random -> new PeakEwma(nanos, random));
  }

  /**
   * Each in its turn and as often as its weight, a heavy member's turns in a bunch, as LVS does it:
   * weights 5, 1, 1 give a a a a a b c. For those who need that sequence; {@link #smoothWeighted}
   * spreads the turns. O(1) a pick; weights are kept as there.
   */
  public static Policy lvsWeighted() {
    return new Policy("lvsWeighted", Kind.WEIGHTED, random -> new LvsWeighted(random.get()));
  }

  /**
   * nginx's round robin turn by turn: as {@link #smoothWeighted}, but always from the first member,
   * and a failure takes a part of a member's weight off for a while ({@code effective_weight}).
   * Brings {@code Outlier.nginx} with it, unless the builder is told otherwise. For those who move
   * from nginx and want its sequence. O(members), under a lock; reads the clock; weights in whole
   * numbers.
   *
   * @param maxFails 1 or more
   * @param failTimeout above 0
   */
  public static Policy nginx(int maxFails, Duration failTimeout) {
    return nginx(NginxRule.of(maxFails, 1, failTimeout), false);
  }

  /**
   * Does the same with values for each member, asked when it is listed for the first time.
   *
   * @param type of the values that are balanced
   * @param maxFails 0 or more; 0: the member's failures do not count
   * @param failTimeout above 0
   */
  public static <T> Policy nginx(
      Class<T> type, ToIntFunction<? super T> maxFails, Function<? super T, Duration> failTimeout) {
    return nginx(NginxRule.of(type, maxFails, failTimeout), false);
  }

  private static Policy nginx(NginxRule<?> rule, boolean leastConn) {
    return new Policy(
        (leastConn ? "nginxLeastConn" : "nginx") + rule,
        Kind.WEIGHTED,
        random -> new NginxRoundRobin(rule::maxFails, leastConn),
        Outlier.nginx(rule),
        0,
        null);
  }

  /**
   * nginx's {@code least_conn} request by request: the fewest requests in flight per weight, and
   * among those that tie the one whose turn it is, as in {@link #nginx}. Brings {@code
   * Outlier.nginx} with it, unless the builder is told otherwise. For those who move from nginx and
   * want its sequence; {@link #leastLoaded} draws at random, so that many callers do not choose the
   * same one. O(members), under a lock; reads the clock; weights in whole numbers.
   *
   * @param maxFails 0 or more; 0: failures do not count
   * @param failTimeout above 0
   */
  public static Policy nginxLeastConn(int maxFails, Duration failTimeout) {
    return nginx(NginxRule.of(maxFails, 0, failTimeout), true);
  }

  /**
   * Does the same with values for each member, as {@link #nginx(Class, ToIntFunction, Function)}.
   */
  public static <T> Policy nginxLeastConn(
      Class<T> type, ToIntFunction<? super T> maxFails, Function<? super T, Duration> failTimeout) {
    return nginx(NginxRule.of(type, maxFails, failTimeout), true);
  }

  /**
   * By a key, on a ring where each member has points in proportion to its weight. When a member
   * comes, it takes over keys from all others, and no other key moves; when one leaves, is drained
   * or ejected, only its keys move, each to the next member on the ring. Use {@link
   * LoadBalancer#pick(long)}. O(1); memory about 16 bytes a point.
   *
   * @param points of a member of average weight, 1 to 4,096; with 160 the busiest of 100 members
   *     has about a fifth more keys than the average
   */
  public static Policy ring(int points) {
    if (points < 1 || points > 4_096) {
      throw new IllegalArgumentException("points: " + points + " (expected: 1 to 4096)");
    }
    return keyed("ring(" + points + ")", bound -> Keyed.ring(points, bound));
  }

  /**
   * By a key, in Maglev's table: members have keys in proportion to their weights, more evenly than
   * on a ring. When a member comes or leaves, few keys of others move; when one is ejected, none
   * do. Use {@link LoadBalancer#pick(long)}. O(1); memory 2 bytes a slot; an update lays out the
   * table, which takes in the order of a millisecond for 65,537 slots.
   *
   * @param size of the table: a prime, 3 to 5,000,011, at least 100 times the number of members,
   *     which it must not be less than; often 65,537
   */
  public static Policy maglev(int size) {
    if (size < 3 || size > 5_000_011 || !Keyed.isPrime(size)) {
      throw new IllegalArgumentException("size: " + size + " (expected: a prime, 3 to 5000011)");
    }
    return keyed("maglev(" + size + ")", bound -> Keyed.maglev(size, bound));
  }

  /**
   * By a key, to the member with the highest random weight. As even as chance, and no key moves but
   * those of a member that comes, leaves, or changes its weight. Use {@link
   * LoadBalancer#pick(long)}. O(members), without a table.
   */
  public static Policy rendezvous() {
    return keyed("rendezvous", Keyed::rendezvous);
  }

  /**
   * Returns this policy, which chooses by a key, with a bound on loads: no member gets a request
   * that would make more than {@code c} times its fair share, rounded up, of those in flight. The
   * key goes to its next member instead. Counts requests that were acquired, on one counter that
   * all threads share; those in flight on members that are no longer listed count in the total.
   *
   * @param c 1.01 to 100; often 1.25
   */
  public Policy boundedLoad(double c) {
    if (!(c >= 1.01 && c <= MAX_BOUND)) {
      throw new IllegalArgumentException("boundedLoad: " + c + " (expected: 1.01 to 100)");
    }
    if (bounded == null) {
      throw new IllegalStateException(
          "boundedLoad: " + name + " (expected: ring, maglev or rendezvous, once)");
    }
    return bounded.apply(c);
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
        Kind.WEIGHTED,
        random -> new HotCold(probing::send, probing.perRequest, probing.hotAbove, random),
        Outlier.consecutive(5),
        0.5,
        null);
  }

  Algorithm start(Supplier<RandomGenerator> random) {
    return algorithm.apply(random);
  }

  @Override
  public String toString() {
    return name;
  }
}
