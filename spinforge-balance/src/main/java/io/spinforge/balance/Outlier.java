package io.spinforge.balance;

import io.spinforge.balance.guard.ConsecutiveDetector;
import io.spinforge.balance.guard.ConsecutiveHealth;
import io.spinforge.balance.guard.Detector;
import io.spinforge.balance.guard.RateDetector;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * When a member that fails is left out, and for how long. {@link Outcome#failed()} decides what
 * counts as a failure; {@link Outcome#CANCELLED} and {@link Outcome#IGNORED} never count. A single
 * member is never ejected, and when too many are, the balancer uses all of them. Immutable.
 */
public final class Outlier {
  private static final Duration BASE = Duration.ofSeconds(30);
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final double MAX_EJECTED = 0.1;

  private static final int ANY_FAILURE = bits(Outcome.values());

  /** What a rule judges a member by. */
  public enum Rule {
    /** {@link #nginx}: failures within a time. */
    NGINX,
    /** {@link #consecutive}: failures in a row. */
    CONSECUTIVE,
    /** {@link #successRate}: a success rate far below the others'. */
    SUCCESS_RATE,
    /** {@link #failurePercentage}: a share of failures. */
    FAILURE_PERCENTAGE
  }

  private final Rule rule;
  private final String name;
  private final LongFunction<Detector> detector;

  /** A bit for each outcome that counts as a failure. */
  final int blamed;

  /** What a rate is judged by; null for rules that look at one member at a time. */
  private final RateDetector.@Nullable Rules rates;

  /** The same rule for at most a part of the members; null if it cannot have that. */
  private final @Nullable DoubleFunction<Outlier> limited;

  private Outlier(
      Rule rule,
      String name,
      int blamed,
      LongFunction<Detector> detector,
      @Nullable DoubleFunction<Outlier> limited) {
    this.rule = rule;
    this.name = name;
    this.blamed = blamed;
    this.detector = detector;
    this.limited = limited;
    rates = null;
  }

  private Outlier(String name, RateDetector.Rules rates) {
    rule = rates.bySuccessRate() ? Rule.SUCCESS_RATE : Rule.FAILURE_PERCENTAGE;
    this.name = name;
    this.rates = rates;
    blamed = ANY_FAILURE;
    detector = now -> new RateDetector(rates, now);
    limited =
        part ->
            new Outlier(
                name,
                new RateDetector.Rules(
                    rates.bySuccessRate(), rates.limit(), rates.volume(), rates.times(), part));
  }

  private static int bits(Outcome... outcomes) {
    return Arrays.stream(outcomes)
        .filter(Outcome::failed)
        .mapToInt(outcome -> 1 << outcome.index)
        .reduce(0, (all, bit) -> all | bit);
  }

  /**
   * nginx's {@code max_fails} and {@code fail_timeout}: a member with this many failures is left
   * out until the timeout has passed since the last one; then one request at a time tries it, and a
   * success takes it back. The count is not a sliding window: only a success that was started more
   * than the timeout after the last failure clears it.
   *
   * @param maxFails 1 or more
   * @param failTimeout above 0
   */
  public static Outlier nginx(int maxFails, Duration failTimeout) {
    return nginx(NginxRule.of(maxFails, 1, failTimeout));
  }

  /**
   * Does the same with values for each member, asked when it is listed for the first time; a value
   * of another type, or out of range, fails that update.
   *
   * @param type of the values that are balanced
   * @param maxFails 0 or more; 0: the member is never left out
   * @param failTimeout above 0
   */
  public static <T> Outlier nginx(
      Class<T> type, ToIntFunction<? super T> maxFails, Function<? super T, Duration> failTimeout) {
    return nginx(NginxRule.of(type, maxFails, failTimeout));
  }

  static Outlier nginx(NginxRule<?> rule) {
    return new Outlier(
        Rule.NGINX, "nginx" + rule, ANY_FAILURE, now -> Detector.ofEach(rule::health), null);
  }

  /**
   * Leaves a member out after this many failures in a row, for 30 s times the number of its
   * ejections (at most 10 times); then one request tries it. Each 30 s in good health forgives one
   * ejection.
   *
   * @param failures 1 or more; often 5
   */
  public static Outlier consecutive(int failures) {
    return consecutive("consecutive(" + failures + ")", failures, ANY_FAILURE);
  }

  /**
   * Does the same for some kinds of failure only, as Envoy's {@code consecutive_gateway_failure}
   * does with {@code TIMEOUT, OVERLOADED}: any other answer, even if it is a failure, ends the row.
   *
   * @param failures 1 or more; often 5
   * @param kinds at least one, all of them {@link Outcome#failed() failures}
   */
  public static Outlier consecutive(int failures, Outcome... kinds) {
    int bits = bits(kinds);
    if (kinds.length == 0 || !Arrays.stream(kinds).allMatch(Outcome::failed)) {
      throw new IllegalArgumentException(
          "kinds: " + Arrays.toString(kinds) + " (expected: FAILURE, TIMEOUT or OVERLOADED)");
    }
    return consecutive(
        "consecutive(" + failures + ", " + Arrays.toString(kinds) + ")", failures, bits);
  }

  private static Outlier consecutive(String name, int failures, int kinds) {
    if (failures < 1) {
      throw new IllegalArgumentException("failures: " + failures + " (expected: >= 1)");
    }
    DoubleFunction<Outlier> limited =
        part ->
            new Outlier(
                Rule.CONSECUTIVE,
                name,
                kinds,
                now -> new ConsecutiveDetector(failures, BASE.toNanos(), part),
                null);
    return new Outlier(
        Rule.CONSECUTIVE,
        name,
        kinds,
        now -> Detector.ofEach(value -> new ConsecutiveHealth(failures, BASE.toNanos())),
        limited);
  }

  /**
   * Leaves out the members whose success rate is below the mean of all rates by more than so many
   * standard deviations, as Envoy and gRPC do. Looks every 10 s, at members with at least 100
   * requests in them if there are at least 5 of those. The ejection lasts 30 s times the number of
   * the member's ejections, at most 300 s, and at most 10 % of the members are ejected, or one;
   * then the member is back without a trial. Each 10 s in use forgives one ejection.
   *
   * @param factor of the standard deviation, above 0, at most 100; often 1.9
   */
  public static Outlier successRate(double factor) {
    if (!(factor > 0 && factor <= 100)) {
      throw new IllegalArgumentException("factor: " + factor + " (expected: > 0, <= 100)");
    }
    return rate("successRate(" + factor + ")", true, factor, 100);
  }

  /**
   * Leaves out the members of whose requests at least this percentage failed, as Envoy and gRPC do.
   * Looks every 10 s, at members with at least 50 requests in them if there are at least 5 of
   * those. Ejections are as with {@link #successRate}.
   *
   * @param percentage above 0, at most 100; often 85
   */
  public static Outlier failurePercentage(double percentage) {
    if (!(percentage > 0 && percentage <= 100)) {
      throw new IllegalArgumentException("percentage: " + percentage + " (expected: > 0, <= 100)");
    }
    return rate("failurePercentage(" + percentage + ")", false, percentage, 50);
  }

  private static Outlier rate(String name, boolean bySuccessRate, double limit, int volume) {
    RateDetector.Times times =
        new RateDetector.Times(INTERVAL.toNanos(), BASE.toNanos(), LONGEST.toNanos());
    RateDetector.Volume enough = new RateDetector.Volume(5, volume);
    return new Outlier(
        name, new RateDetector.Rules(bySuccessRate, limit, enough, times, MAX_EJECTED));
  }

  /**
   * Sets how much it takes to judge rates; for rates only.
   *
   * @param hosts how many members must have had enough requests, 1 or more
   * @param requests how many in an interval are enough, 1 or more
   */
  public Outlier volume(int hosts, int requests) {
    if (hosts < 1 || requests < 1) {
      throw new IllegalArgumentException(
          "volume: " + hosts + ", " + requests + " (expected: both >= 1)");
    }
    RateDetector.Volume volume = new RateDetector.Volume(hosts, requests);
    return with(
        "volume",
        r ->
            new RateDetector.Rules(
                r.bySuccessRate(), r.limit(), volume, r.times(), r.maxEjected()));
  }

  /**
   * Sets times; for rates only.
   *
   * @param interval between two looks at the members, above 0
   * @param base how long a first ejection lasts, above 0; the n-th lasts n times that
   * @param longest how long any ejection lasts, above 0; base if that is longer
   */
  public Outlier times(Duration interval, Duration base, Duration longest) {
    RateDetector.Times times =
        new RateDetector.Times(
            Durations.nanos("interval", interval),
            Durations.nanos("base", base),
            Durations.nanos("longest", longest));
    return with(
        "times",
        r ->
            new RateDetector.Rules(
                r.bySuccessRate(), r.limit(), r.volume(), times, r.maxEjected()));
  }

  /**
   * Sets the part of the members, 0 to 1, that may be ejected at once, or one; default 0.1 for
   * rates and 1 for failures in a row, where the panic threshold is the bound. nginx has none.
   */
  public Outlier maxEjected(double part) {
    if (!(part >= 0 && part <= 1)) {
      throw new IllegalArgumentException("maxEjected: " + part + " (expected: 0 to 1)");
    }
    if (limited == null) {
      throw new IllegalStateException("maxEjected: " + name + " (expected: another rule, once)");
    }
    return limited.apply(part);
  }

  private Outlier with(String setting, UnaryOperator<RateDetector.Rules> change) {
    if (rates == null) {
      throw new IllegalStateException(
          setting + ": " + name + " (expected: successRate or failurePercentage)");
    }
    return new Outlier(name, change.apply(rates));
  }

  /** Returns what a member is judged by. */
  public Rule rule() {
    return rule;
  }

  Detector start(long now) {
    return detector.apply(now);
  }

  @Override
  public String toString() {
    return name;
  }
}
