package io.spinforge.benchmarks.sim;

import io.spinforge.scaling.Autoscaler;
import io.spinforge.scaling.AutoscalerBuilder;
import io.spinforge.scaling.Mode;
import io.spinforge.scaling.Outlook;
import io.spinforge.scaling.PredictivePolicy;
import io.spinforge.scaling.ReactivePolicy;
import io.spinforge.scaling.Signal;
import io.spinforge.scaling.StartupTime;
import io.spinforge.scaling.backtest.BacktestRun;
import io.spinforge.scaling.backtest.Backtester;
import io.spinforge.scaling.backtest.Trace;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** What each autoscaler does on a trace in virtual time, one tick a minute. */
final class ScalingScores {
  static final String[] SCALERS = {
    "HPA at 70 %", "guide's reactive", "guide's predictive", "ours at 1 %"
  };
  static final int[] STARTUPS = {3, 10};
  static final double[] COVERAGES = {0.90, 0.95, 0.99};

  private static final Duration TICK = Duration.ofMinutes(1);

  private final Trace trace;

  /** Runs by startup and scaler. */
  final BacktestRun[][] runs = new BacktestRun[STARTUPS.length][SCALERS.length];

  /** Share of ticks whose bound held, by startup and coverage. */
  final double[][] coverage = new double[STARTUPS.length][COVERAGES.length];

  ScalingScores(Trace trace) {
    this.trace = trace;
  }

  ScalingScores run() {
    for (int s = 0; s < STARTUPS.length; s++) {
      for (int k = 0; k < SCALERS.length; k++) {
        runs[s][k] = tester(STARTUPS[s]).run(builder(k, STARTUPS[s])).run();
      }
      for (int k = 0; k < COVERAGES.length; k++) {
        coverage[s][k] = coverage(STARTUPS[s], COVERAGES[k]);
      }
    }
    return this;
  }

  private Backtester tester(int minutes) {
    return Backtester.on(trace).startup(Duration.ofMinutes(minutes)).alone().brief();
  }

  private static AutoscalerBuilder common(int minutes) {
    return Autoscaler.named("report")
        .limits(1, 100_000)
        .interval(TICK)
        .zone(ZoneOffset.UTC)
        .startup(StartupTime.fixed(Duration.ofMinutes(minutes)));
  }

  private static AutoscalerBuilder builder(int scaler, int minutes) {
    AutoscalerBuilder builder =
        common(minutes).signal(Signal.utilization(() -> List.of(), 0.70).named("cpu"));
    return switch (scaler) {
      case 0 -> builder.reactive(ReactivePolicy.proportional());
      case 1 -> builder.reactive(ReactivePolicy.thresholds());
      case 2 -> builder.predictive(PredictivePolicy.seasonalMean());
      default -> builder.predictive(PredictivePolicy.overload(0.01));
    };
  }

  private double coverage(int minutes, double wanted) {
    Bounds bounds = new Bounds(trace.start().plus(Duration.ofDays(7)));
    AutoscalerBuilder builder =
        common(minutes)
            .signal(Signal.totalDemand(() -> 0, 1))
            .mode(Mode.DRY_RUN)
            .predictive(PredictivePolicy.conformal(wanted));
    // One instance carries far more than everything: nothing is ever saturated or at a limit.
    tester(minutes).capacity(trace.percentile(1) + 1).observe(bounds::add).run(builder);
    return bounds.held();
  }

  /** Holds each tick's bound against the highest demand until the lead is over. */
  private static final class Bounds {
    private final Instant from;
    private final Deque<Open> open = new ArrayDeque<>();
    private long held;
    private long judged;

    private static final class Open {
      final Instant until;
      final double upper;
      boolean over;
      boolean gap;

      Open(Instant until, double upper) {
        this.until = until;
        this.upper = upper;
      }
    }

    Bounds(Instant from) {
      this.from = from;
    }

    void add(BacktestRun.Point point) {
      for (Open bound : open) {
        bound.over |= point.demand() > bound.upper;
        bound.gap |= Double.isNaN(point.demand());
      }
      while (!open.isEmpty() && !open.getFirst().until.isAfter(point.time())) {
        Open bound = open.removeFirst();
        judged += bound.gap ? 0 : 1;
        held += bound.gap || bound.over ? 0 : 1;
      }
      Outlook outlook = point.decision().forecast();
      if (outlook != null && !point.time().isBefore(from)) {
        open.addLast(new Open(point.time().plus(outlook.lead()), outlook.upper()));
      }
    }

    double held() {
      return judged == 0 ? Double.NaN : (double) held / judged;
    }
  }
}
