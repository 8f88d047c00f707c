package io.spinforge.balance.guard;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Members held against each other, by Envoy's and gRPC's success rate and failure percentage. Once
 * an interval those that had enough requests in it are looked at, if they are enough:
 *
 * <ul>
 *   <li>by success rate, those below the mean − factor × standard deviation of the rates are
 *       ejected;
 *   <li>by failure percentage, those at or above it.
 * </ul>
 *
 * <p>The worst go first, while fewer than the greater of one and a part of all members are ejected.
 * An ejection lasts base × the number of ejections, at most the maximum, or base if that is longer;
 * then the member is back, with its counts at zero. Each interval spent in use forgives one
 * ejection.
 *
 * <p>There is no timer. The first failure that ends after an interval looks, since nobody else has
 * anything to report: an interval is longer where nothing fails, and the failure that ends it
 * starts a short one. Sweeps are serialized by the caller; what requests read is volatile.
 */
public final class RateDetector extends Detector {
  private final Rules rules;

  private volatile long sweepAt;

  /** Creates it at this time. */
  public RateDetector(Rules rules, long now) {
    this.rules = rules;
    sweepAt = now + rules.times.interval;
  }

  /**
   * Who is an outlier.
   *
   * @param bySuccessRate whether {@code limit} is a factor of standard deviations, else a
   *     percentage
   * @param limit beyond which a member is ejected
   * @param volume of which a rate means something
   * @param times of looks and ejections
   * @param maxEjected the part of the members that may be ejected; one may be in any case
   */
  public record Rules(
      boolean bySuccessRate, double limit, Volume volume, Times times, double maxEjected) {

    /** Returns how long the n-th ejection lasts. */
    long ejection(long n) {
      return n > times.longest / times.base ? Math.max(times.base, times.longest) : times.base * n;
    }

    /** Returns how many of so many members may be ejected at once. */
    int allowed(int members) {
      return Detector.allowed(maxEjected, members);
    }

    /** Returns the success rate, 0 to 100, below which, or at which, members are ejected. */
    double threshold(double[] rates) {
      return bySuccessRate ? belowMean(rates) : 100 - limit;
    }

    private double belowMean(double[] rates) {
      double mean = 0;
      for (double rate : rates) {
        mean += rate / rates.length;
      }
      double variance = 0;
      for (double rate : rates) {
        variance += (rate - mean) * (rate - mean) / rates.length;
      }
      return mean - limit * Math.sqrt(variance);
    }

    boolean isOutlier(double rate, double threshold) {
      return bySuccessRate ? rate < threshold : rate <= threshold;
    }
  }

  /**
   * How much there must be to judge by.
   *
   * @param hosts how many members must have had enough requests, 1 or more
   * @param requests how many of an interval are enough, 1 or more
   */
  public record Volume(int hosts, int requests) {}

  /**
   * Times in nanoseconds, all above 0.
   *
   * @param interval between two looks
   * @param base how long the first ejection lasts
   * @param longest how long any ejection lasts
   */
  public record Times(long interval, long base, long longest) {}

  @Override
  public Health newHealth(Object value) {
    return new RateHealth();
  }

  @Override
  public void sweep(List<Health> healths, long now) {
    List<RateHealth> own = new ArrayList<>();
    for (Health health : healths) {
      RateHealth rate = (RateHealth) health;
      rate.returnIfDue(now);
      own.add(rate);
    }
    if (now - sweepAt >= 0) {
      sweepAt = now + rules.times.interval;
      eject(own, now);
      own.forEach(RateHealth::startCounting);
    }
  }

  private void eject(List<RateHealth> all, long now) {
    List<RateHealth> judged = new ArrayList<>();
    int room = rules.allowed(all.size());
    for (RateHealth health : all) {
      if (health.ejected) {
        room--;
      } else if (health.requests() >= rules.volume.requests) {
        judged.add(health);
      }
    }
    if (judged.size() < rules.volume.hosts) {
      return;
    }
    double threshold =
        rules.threshold(judged.stream().mapToDouble(RateHealth::successRate).toArray());
    judged.sort(Comparator.comparingDouble(RateHealth::successRate));
    for (RateHealth health : judged) {
      if (room > 0 && rules.isOutlier(health.successRate(), threshold)) {
        health.eject(now);
        room--;
      }
    }
  }

  private final class RateHealth extends Health {
    private LongSupplier successes = () -> 0;
    private LongSupplier failures = () -> 0;
    private long successesBefore;
    private long failuresBefore;

    private volatile boolean ejected;

    private volatile long until;

    private long ejections;
    private long since;

    @Override
    public void watch(LongSupplier countOfSuccesses, LongSupplier countOfFailures) {
      successes = countOfSuccesses;
      failures = countOfFailures;
      startCounting();
    }

    private void startCounting() {
      successesBefore = successes.getAsLong();
      failuresBefore = failures.getAsLong();
    }

    private long requests() {
      return successes.getAsLong() - successesBefore + failures.getAsLong() - failuresBefore;
    }

    private double successRate() {
      return 100.0 * (successes.getAsLong() - successesBefore) / requests();
    }

    private void eject(long now) {
      long inUse = ejections == 0 ? 0 : Math.max(0, (now - since) / rules.times.interval);
      ejections = Math.max(0, ejections - inUse) + 1;
      until = now + rules.ejection(ejections);
      ejected = true;
    }

    private void returnIfDue(long now) {
      if (ejected && now - until >= 0) {
        ejected = false;
        since = now;
        startCounting();
      }
    }

    @Override
    public boolean suspect() {
      return ejected;
    }

    @Override
    public boolean ejected() {
      return ejected;
    }

    @Override
    boolean sweepDue(long now) {
      return now - sweepAt >= 0;
    }

    @Override
    boolean isEligible(long now) {
      return !ejected;
    }

    @Override
    long dueAt() {
      return until;
    }

    @Override
    Admission admit(long now) {
      return ejected ? Admission.CLOSED : Admission.OPEN;
    }

    @Override
    void account(boolean failed, long now) {
      // Counts are the member's own.
    }
  }
}
