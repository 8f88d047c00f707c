package io.spinforge.health;

import static java.util.Objects.requireNonNull;

import io.spinforge.health.probe.Probe;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link HealthChecker}. Every setter validates at once and may be called once; {@link
 * #build()} checks the combination and reports all that is wrong. Not thread-safe.
 *
 * @param <T> the type of the targets
 */
public final class HealthCheckerBuilder<T> {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofDays(1);

  private @Nullable Probe<? super T> probe;
  private @Nullable Duration interval;
  private @Nullable Duration timeout;
  private @Nullable Duration fastInterval;
  private @Nullable Integer rise;
  private @Nullable Integer fall;
  private @Nullable Double jitter;
  private @Nullable Double panicBelow;
  private @Nullable String name;
  private @Nullable Duration firstHold;
  private @Nullable Duration longestHold;
  private @Nullable Integer localHealth;
  private @Nullable Long seed;
  private @Nullable InstantSource clock;
  private @Nullable HealthListener<? super T> listener;

  HealthCheckerBuilder() {}

  /** Sets how a target is checked; required. */
  public HealthCheckerBuilder<T> probe(Probe<? super T> probe) {
    once("probe", this.probe);
    this.probe = requireNonNull(probe, "probe");
    return this;
  }

  /** Sets the time between two rounds, 1 ms to 1 day; default 5 s. */
  public HealthCheckerBuilder<T> interval(Duration interval) {
    once("interval", this.interval);
    this.interval = duration("interval", interval);
    return this;
  }

  /**
   * Sets how long a probe may take, 1 ms to 1 day and at most the interval; default 2 s, or the
   * interval if that is shorter. While a change is pending, a probe that takes four times as long
   * as the slowest of the target's recent good ones is given up earlier, but never before a fifth
   * of this.
   */
  public HealthCheckerBuilder<T> timeout(Duration timeout) {
    once("timeout", this.timeout);
    this.timeout = duration("timeout", timeout);
    return this;
  }

  /**
   * Sets the time between two probes of a target while a change is pending, 1 ms to 1 day and at
   * most the interval; default 250 ms, or the interval if that is shorter.
   */
  public HealthCheckerBuilder<T> fastInterval(Duration fastInterval) {
    once("fastInterval", this.fastInterval);
    this.fastInterval = duration("fastInterval", fastInterval);
    return this;
  }

  /** Sets how many passed probes in a row make an unhealthy target fit, at least 1; default 1. */
  public HealthCheckerBuilder<T> rise(int rise) {
    once("rise", this.rise);
    this.rise = count("rise", rise);
    return this;
  }

  /** Sets how many failures in a row make a fit target unhealthy, at least 1; default 3. */
  public HealthCheckerBuilder<T> fall(int fall) {
    once("fall", this.fall);
    this.fall = count("fall", fall);
    return this;
  }

  /**
   * Sets how far a round may lie before or after the target's own phase, as a share of the
   * interval, 0 to 0.4; default 0.1.
   */
  public HealthCheckerBuilder<T> jitter(double jitter) {
    once("jitter", this.jitter);
    this.jitter = share("jitter", jitter, 0.4);
    return this;
  }

  /**
   * Sets the share of fit targets below which unknown and then unhealthy ones are offered too, 0 to
   * 1; default 0.5. With 0 that happens only if none is fit.
   */
  public HealthCheckerBuilder<T> panicBelow(double panicBelow) {
    once("panicBelow", this.panicBelow);
    this.panicBelow = share("panicBelow", panicBelow, 1);
    return this;
  }

  /**
   * Sets how long a target that keeps changing must pass its probes, without a break, to be fit
   * again: after its second fall within ten minutes of a return, and at most, both 1 ms to 1 day;
   * default 30 s and 5 min. It doubles with every fall; ten minutes as a fit target take one fall
   * back.
   */
  public HealthCheckerBuilder<T> flapHold(Duration first, Duration longest) {
    once("flapHold", this.firstHold);
    duration("flapHold first", first);
    if (duration("flapHold longest", longest).compareTo(first) < 0) {
      throw new IllegalArgumentException(
          "flapHold longest: " + longest + " (expected: >= first " + first + ")");
    }
    this.firstHold = first;
    this.longestHold = longest;
    return this;
  }

  /** Makes every target fit again after {@code rise} passed probes, however often it changes. */
  public HealthCheckerBuilder<T> noFlapHold() {
    once("flapHold", this.firstHold);
    this.firstHold = Duration.ZERO;
    this.longestHold = Duration.ZERO;
    return this;
  }

  /**
   * Sets how bad the checker may find its own health, 0 to 7; default 7. Probes get one time more
   * than that many times their timeout, and at 7 no failure counts. With 0 it does not look.
   */
  public HealthCheckerBuilder<T> localHealth(int most) {
    once("localHealth", this.localHealth);
    if (most < 0 || most > LocalHealth.HIGHEST) {
      throw new IllegalArgumentException("localHealth: " + most + " (expected: 0 to 7)");
    }
    this.localHealth = most;
    return this;
  }

  /**
   * Sets the name in threads and logs, 1 to 64 letters, digits, dots, underscores and dashes;
   * default {@code checker}.
   */
  public HealthCheckerBuilder<T> name(String name) {
    once("name", this.name);
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "name: " + name + " (expected: 1 to 64 of A-Z a-z 0-9 . _ -)");
    }
    this.name = name;
    return this;
  }

  /** Sets the seed of phases and jitter; default random. */
  public HealthCheckerBuilder<T> seed(long seed) {
    once("seed", this.seed);
    this.seed = seed;
    return this;
  }

  /** Sets the clock that dates transitions; default the system's. */
  public HealthCheckerBuilder<T> clock(InstantSource clock) {
    once("clock", this.clock);
    this.clock = requireNonNull(clock, "clock");
    return this;
  }

  /** Sets a listener of every probe and transition; default none. */
  public HealthCheckerBuilder<T> listener(HealthListener<? super T> listener) {
    once("listener", this.listener);
    this.listener = requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Builds the checker and starts its threads; it has no targets yet.
   *
   * @throws IllegalStateException if the probe is missing or settings contradict each other; the
   *     message lists everything
   */
  public HealthChecker<T> build() {
    Rules rules = rules();
    List<String> problems = new ArrayList<>();
    if (probe == null) {
      problems.add("probe: not set (expected: a probe)");
    }
    if (rules.timeout().compareTo(rules.interval()) > 0) {
      problems.add(
          "timeout: " + rules.timeout() + " (expected: <= interval " + rules.interval() + ")");
    }
    if (rules.fastInterval().compareTo(rules.interval()) > 0) {
      problems.add(
          "fastInterval: "
              + rules.fastInterval()
              + " (expected: <= interval "
              + rules.interval()
              + ")");
    }
    if (!problems.isEmpty() || probe == null) {
      throw new IllegalStateException(String.join("; ", problems));
    }
    return LoopChecker.start(
        name == null ? "checker" : name, probe, rules, System::nanoTime, listener);
  }

  private Rules rules() {
    Duration every = interval == null ? Duration.ofSeconds(5) : interval;
    return new Rules(
        every,
        timeout == null ? shorter(Duration.ofSeconds(2), every) : timeout,
        fastInterval == null ? shorter(Duration.ofMillis(250), every) : fastInterval,
        rise == null ? 1 : rise,
        fall == null ? 3 : fall,
        jitter == null ? 0.1 : jitter,
        panicBelow == null ? 0.5 : panicBelow,
        firstHold == null ? Duration.ofSeconds(30) : firstHold,
        longestHold == null ? Duration.ofMinutes(5) : longestHold,
        localHealth == null ? LocalHealth.HIGHEST : localHealth,
        seed == null ? ThreadLocalRandom.current().nextLong() : seed,
        clock == null ? InstantSource.system() : clock);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static void once(String name, @Nullable Object present) {
    if (present != null) {
      throw new IllegalStateException(name + ": already set to " + present);
    }
  }

  private static Duration duration(String name, Duration value) {
    if (value.compareTo(SHORTEST) < 0 || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 1 ms to 1 day)");
    }
    return value;
  }

  private static int count(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
    }
    return value;
  }

  private static double share(String name, double value, double most) {
    if (!(value >= 0 && value <= most)) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 0 to " + most + ")");
    }
    return value;
  }
}
