package io.spinforge.scaling;

import static java.util.Objects.requireNonNull;

import io.spinforge.scaling.internal.Checks;
import io.spinforge.scaling.reactive.Fleet;
import io.spinforge.scaling.reactive.Proportional;
import io.spinforge.scaling.reactive.Tolerance;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A reason to scale: where numbers come from and what they should be. Immutable; as thread-safe as
 * its source.
 */
public final class Signal {
  private final Kind kind;
  private final String name;
  private final double target;
  private final @Nullable MetricSource instances;
  private final @Nullable DoubleSupplier total;

  private Signal(
      Kind kind,
      String name,
      double target,
      @Nullable MetricSource instances,
      @Nullable DoubleSupplier total) {
    this.kind = kind;
    this.name = name;
    this.target = target;
    this.instances = instances;
    this.total = total;
  }

  enum Kind {
    UTILIZATION,
    PER_INSTANCE,
    TOTAL
  }

  /**
   * Keeps usage by request, over all counted instances, at a share.
   *
   * @param source one sample per instance, each with usage and request
   * @param target wanted share in whole percent, 0.01 to 10.00: 0.70 is 70 %
   */
  public static Signal utilization(MetricSource source, double target) {
    double percent = Math.rint(target * 100);
    Checks.argument(
        percent >= 1 && percent <= 1000 && Math.abs(target * 100 - percent) < 1e-6,
        "target",
        target,
        "0.01 to 10.00 in whole percent");
    return new Signal(
        Kind.UTILIZATION, "utilization", percent, requireNonNull(source, "source"), null);
  }

  /**
   * Keeps the mean usage of the counted instances at a value, for example requests in flight.
   *
   * @param source one sample per instance; the request is not looked at
   * @param target wanted mean in the source's unit, from 0.001; measured means are cut off after
   *     three decimals
   */
  public static Signal perInstanceLoad(MetricSource source, double target) {
    Checks.argument(
        target >= 0.001 && target < Double.POSITIVE_INFINITY, "target", target, ">= 0.001");
    return new Signal(Kind.PER_INSTANCE, "load", target, requireNonNull(source, "source"), null);
  }

  /**
   * Has one instance for each so much of a total, for example of requests a second at the gateway.
   * The only kind of signal that can start from no instance at all.
   *
   * @param source the total; NaN, infinite, negative or an exception is a failed reading
   * @param target what one instance should carry, in the source's unit, from 0.001
   */
  public static Signal totalDemand(DoubleSupplier source, double target) {
    Checks.argument(
        target >= 0.001 && target < Double.POSITIVE_INFINITY, "target", target, ">= 0.001");
    return new Signal(Kind.TOTAL, "demand", target, null, requireNonNull(source, "source"));
  }

  /** Returns the same signal under another name; decisions and logs call it that. */
  public Signal named(String name) {
    Checks.argument(!name.isBlank(), "name", "'" + name + "'", "not blank");
    return new Signal(kind, name, target, instances, total);
  }

  /** Returns the same signal over other sources; the one of its kind counts. */
  Signal over(MetricSource utilization, MetricSource load, DoubleSupplier total) {
    return switch (kind) {
      case UTILIZATION -> new Signal(kind, name, target, utilization, null);
      case PER_INSTANCE -> new Signal(kind, name, target, load, null);
      case TOTAL -> new Signal(kind, name, target, null, total);
    };
  }

  /** Returns the name. */
  public String name() {
    return name;
  }

  /** Returns the wanted value: percent for a utilization, else the source's unit. */
  double target() {
    return target;
  }

  Kind kind() {
    return kind;
  }

  /** Reads the source; a failure is a reading too. */
  @SuppressWarnings("IllegalCatch") // the host's code may throw anything
  Reading read() {
    try {
      if (instances != null) {
        List<Sample> samples = instances.read();
        return new Reading(List.copyOf(samples), Double.NaN, "");
      }
      return new Reading(List.of(), requireNonNull(total).getAsDouble(), "");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Reading(List.of(), Double.NaN, "interrupted");
    } catch (Exception e) {
      return new Reading(List.of(), Double.NaN, e.toString());
    }
  }

  /** Applies the proportional rule of this kind. */
  Proportional.Result rule(Fleet fleet, int current, Tolerance tolerance) {
    return switch (kind) {
      case UTILIZATION -> Proportional.utilization(fleet, current, (int) target, tolerance);
      case PER_INSTANCE -> Proportional.perInstance(fleet, current, target, tolerance);
      case TOTAL -> Proportional.total(fleet.usage(), current, target, tolerance);
    };
  }

  /** Returns the unit of measured and wanted values. */
  String unit() {
    return kind == Kind.UTILIZATION ? "%" : "";
  }

  @Override
  public String toString() {
    return name + " (" + kind + ", target " + Explanation.number(target) + ")";
  }

  /**
   * What a source said in one tick.
   *
   * @param samples one per instance; empty for a total
   * @param total the total; NaN for samples
   * @param fault why there is nothing; empty if there is
   */
  record Reading(List<Sample> samples, double total, String fault) {}
}
