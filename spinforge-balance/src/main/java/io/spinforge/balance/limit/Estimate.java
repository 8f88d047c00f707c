package io.spinforge.balance.limit;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * What a limiter knows of its limit. Used by one thread at a time, except that the random generator
 * may be a shared one.
 */
interface Estimate {
  /**
   * Takes one answer into account.
   *
   * @param rtt how long it took, above 0
   * @param inFlight how many requests ran when it came, itself included
   * @param lost whether it was a timeout, or a refusal for overload
   * @param now when it came
   * @return the limit from now on
   */
  int update(long rtt, int inFlight, boolean lost, long now);

  /** Returns a new estimate; {@code random} is asked when to measure the shortest time anew. */
  static Estimate of(Limit limit, RandomGenerator random) {
    if (limit instanceof Limit.Aimd aimd) {
      return new AimdEstimate(aimd);
    } else if (limit instanceof Limit.Vegas vegas) {
      return over(vegas.window(), limit, new VegasEstimate(vegas, random));
    } else if (limit instanceof Limit.Gradient gradient) {
      return over(gradient.window(), limit, new GradientEstimate(gradient));
    }
    int fixed = initial(limit);
    return (rtt, inFlight, lost, now) -> fixed;
  }

  private static Estimate over(Duration window, Limit limit, Estimate estimate) {
    return window.isZero() ? estimate : new WindowedEstimate(window, initial(limit), estimate);
  }

  static int initial(Limit limit) {
    if (limit instanceof Limit.Aimd aimd) {
      return aimd.initial();
    } else if (limit instanceof Limit.Vegas vegas) {
      return vegas.initial();
    } else if (limit instanceof Limit.Gradient gradient) {
      return gradient.initial();
    }
    return ((Limit.Fixed) limit).limit();
  }

  /** Additive increase, multiplicative decrease (Chiu and Jain, 1989). */
  final class AimdEstimate implements Estimate {
    private final Limit.Aimd rule;
    private final long timeout;
    private int limit;

    AimdEstimate(Limit.Aimd rule) {
      this.rule = rule;
      timeout = rule.timeout().toNanos();
      limit = rule.initial();
    }

    @Override
    public int update(long rtt, int inFlight, boolean lost, long now) {
      if (lost || rtt > timeout) {
        limit = (int) (limit * rule.backoff());
      } else if (inFlight * 2L >= limit) {
        limit++;
      }
      limit = Math.max(rule.min(), Math.min(rule.max(), limit));
      return limit;
    }
  }

  /** The queue is the limit times (1 − shortest time / time) (Brakmo and Peterson, 1995). */
  final class VegasEstimate implements Estimate {
    private static final int PROBE = 30;
    private static final int ALPHA = 3;
    private static final int BETA = 6;

    private final Limit.Vegas rule;
    private final RandomGenerator random;
    private double limit;
    private long shortest = Long.MAX_VALUE;
    private int sinceProbe;
    private double probeAfter;

    VegasEstimate(Limit.Vegas rule, RandomGenerator random) {
      this.rule = rule;
      this.random = random;
      limit = rule.initial();
      probeAfter = probeAfter();
    }

    /** Half to all of 30, at random: limiters that started together do not probe together. */
    private double probeAfter() {
      return PROBE * (0.5 + random.nextDouble() / 2);
    }

    @Override
    public int update(long rtt, int inFlight, boolean lost, long now) {
      sinceProbe++;
      if (probeAfter * limit <= sinceProbe) {
        sinceProbe = 0;
        probeAfter = probeAfter();
        shortest = rtt;
      } else if (rtt < shortest) {
        shortest = rtt;
      } else {
        double aimed = aim(rtt, inFlight, lost);
        double bounded = Math.max(1, Math.min(rule.max(), aimed));
        limit += rule.smoothing() * (bounded - limit);
      }
      return (int) limit;
    }

    private double aim(long rtt, int inFlight, boolean lost) {
      int step = Math.max(1, (int) Math.log10(limit));
      if (lost) {
        return limit - step;
      }
      if (inFlight * 2L < limit) {
        return limit; // not the limit is what keeps the number down
      }
      int queue = (int) Math.ceil(limit * (1 - (double) shortest / rtt));
      if (queue <= step) {
        return limit + BETA * step;
      }
      if (queue < ALPHA * step) {
        return limit + step;
      }
      return queue > BETA * step ? limit - step : limit;
    }
  }

  /**
   * The long average of the times over the last one, as in Netflix' Gradient2. Unlike there, a loss
   * is the steepest slope: else an overload that outlasts the average's memory ends with nobody
   * answered in time.
   */
  final class GradientEstimate implements Estimate {
    private static final int WARM_UP = 10;

    private final Limit.Gradient rule;
    private double limit;
    private double average;
    private double sum;
    private int samples;

    GradientEstimate(Limit.Gradient rule) {
      this.rule = rule;
      limit = rule.initial();
    }

    @Override
    public int update(long rtt, int inFlight, boolean lost, long now) {
      if (samples < WARM_UP) {
        samples++;
        sum += rtt;
        average = sum / samples;
      } else {
        average += (rtt - average) * 2 / (rule.memory() + 1);
      }
      double before = average;
      if (average > 2.0 * rtt) {
        average *= 0.95; // the load is over, and the average must not take as long to notice
      }
      if (inFlight >= limit / 2) {
        double slope = lost ? 0.5 : Math.max(0.5, Math.min(1, rule.tolerance() * before / rtt));
        double aimed = limit * slope + rule.queue();
        double smoothed = limit + (aimed - limit) * rule.smoothing();
        limit = Math.max(rule.min(), Math.min(rule.max(), smoothed));
      }
      return (int) limit;
    }
  }

  /** The answers of a window, at least ten, as one: mean time, the most that ran, any loss. */
  final class WindowedEstimate implements Estimate {
    private static final int LEAST = 10;

    private final long window;
    private final Estimate estimate;
    private int limit;
    private long opened;
    private long sum;
    private int samples;
    private int most;
    private boolean anyLost;

    WindowedEstimate(Duration window, int initial, Estimate estimate) {
      this.estimate = estimate;
      this.window = window.toNanos();
      limit = initial;
    }

    @Override
    public int update(long rtt, int inFlight, boolean lost, long now) {
      if (samples == 0) {
        opened = now;
      }
      sum += rtt;
      samples++;
      most = Math.max(most, inFlight);
      anyLost |= lost;
      if (now - opened >= window && samples >= LEAST) {
        limit = estimate.update(sum / samples, most, anyLost, now);
        sum = 0;
        samples = 0;
        most = 0;
        anyLost = false;
      }
      return limit;
    }
  }
}
