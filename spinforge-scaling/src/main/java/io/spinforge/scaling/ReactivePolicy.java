package io.spinforge.scaling;

import io.spinforge.scaling.internal.Checks;
import io.spinforge.scaling.reactive.Panic;
import io.spinforge.scaling.reactive.Proportional;
import io.spinforge.scaling.reactive.Thresholds;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a measured ratio becomes a number of instances. Immutable.
 *
 * <p>With several signals each gets its own proposal, and the highest counts.
 */
public abstract sealed class ReactivePolicy {
  private ReactivePolicy() {}

  /**
   * The rule of Kubernetes' Horizontal Pod Autoscaler: as many instances as bring the measured
   * value to the target, nothing within a tolerance of 10 %; instances that are starting or were
   * not measured can dampen a step but never cause one. Unless {@link AutoscalerBuilder#behavior}
   * says otherwise it grows by 4 instances or 100 % in 15 s, and shrinks to the highest
   * recommendation of the last 300 s.
   */
  public static ReactivePolicy proportional() {
    return new ProportionalRule();
  }

  /**
   * Counts samples: of the last 10, at least 3 above the target and the mean of the last 3 above it
   * make one more instance; at least 5 below half the target and the mean of the last 3 below it
   * make one less.
   *
   * <p>This is a well-known rule of tuning guides, corrected. As it is usually written it keeps 10
   * samples, cuts the last 3 off for the mean, and then counts highs and lows among those 3: there
   * are never 5 low ones among 3, so it grows and never shrinks. Here both counts are taken over
   * the window of 10, which holds them both, and the mean of the last 3 has to agree, so that
   * counts from before a change do not carry on after it.
   *
   * <p>The counts are the stabilization: unless {@link AutoscalerBuilder#behavior} says otherwise
   * there is no window on top. Nothing is removed on a reading in which an instance was not
   * measured.
   */
  public static ReactivePolicy thresholds() {
    return new ThresholdRule();
  }

  /**
   * The proportional rule with the panic of Knative's autoscaler: a proposal of at least twice the
   * ready instances begins a panic, in which the number only rises, until there was no such
   * proposal for {@code window}. Over more than one instance the first tick begins in panic,
   * because nothing is known of what was before.
   *
   * @param window above 0, up to 1 h; Knative: 60 s
   */
  public static ReactivePolicy panicking(Duration window) {
    Checks.argument(
        !window.isNegative() && !window.isZero() && window.compareTo(Duration.ofHours(1)) <= 0,
        "window",
        window,
        "above PT0S, up to PT1H");
    return new PanickingRule(window);
  }

  /** Returns the settings of the panic; null if it never panics. */
  Panic.@Nullable Rules panic() {
    return null;
  }

  /** Returns the samples, as ratios, that this policy looks back on. */
  abstract int window();

  /**
   * Returns the proposed number. {@code window} ends with the present ratio, unless that is a low
   * one and the reading is not {@code complete}.
   */
  abstract int replicas(
      Proportional.Result result, int current, List<Double> window, boolean complete);

  /** Returns the sentence for a proposal. */
  abstract String reason(int replicas, int current, Proportional.Result result);

  /** Returns the rules for shrinking that fit this policy. */
  abstract ScalingRules down();

  private static non-sealed class ProportionalRule extends ReactivePolicy {
    @Override
    int window() {
      return 0;
    }

    @Override
    int replicas(Proportional.Result result, int current, List<Double> window, boolean complete) {
      // A reading above the target never removes an instance and one below never adds any, whatever
      // the number of instances that happened to be in the reading.
      return result.ratio() > 1
          ? Math.max(current, result.replicas())
          : Math.min(current, result.replicas());
    }

    @Override
    String reason(int replicas, int current, Proportional.Result result) {
      String ratio = "a ratio of " + Explanation.number(result.ratio());
      return replicas == current
          ? ratio + ", near enough or held by instances not measured or not ready"
          : ratio;
    }

    @Override
    ScalingRules down() {
      return ScalingRules.down().build();
    }

    @Override
    public String toString() {
      return "proportional";
    }
  }

  private static final class PanickingRule extends ProportionalRule {
    private final Panic.Rules rules;

    PanickingRule(Duration window) {
      double any = Double.POSITIVE_INFINITY;
      rules = new Panic.Rules(2, any, any, window.toNanos(), 1);
    }

    @Override
    Panic.Rules panic() {
      return rules;
    }

    @Override
    public String toString() {
      return "panicking " + rules;
    }
  }

  private static final class ThresholdRule extends ReactivePolicy {
    @Override
    int window() {
      return Thresholds.WINDOW;
    }

    @Override
    int replicas(Proportional.Result result, int current, List<Double> window, boolean complete) {
      int step = Thresholds.step(window);
      return current + (complete ? step : Math.max(0, step));
    }

    @Override
    String reason(int replicas, int current, Proportional.Result result) {
      if (replicas == current) {
        return "not enough high or low samples";
      }
      return replicas > current
          ? "at least 3 of the last 10 samples and the mean of the last 3 are high"
          : "at least 5 of the last 10 samples and the mean of the last 3 are low";
    }

    @Override
    ScalingRules down() {
      return ScalingRules.down().stabilization(Duration.ZERO).build();
    }

    @Override
    public String toString() {
      return "thresholds";
    }
  }
}
