package io.spinforge.scaling.backtest;

import io.spinforge.scaling.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What one autoscaler did on a trace. Immutable.
 *
 * @param label whose run it is
 * @param counted time that is counted: no gaps, nothing before the warm-up's end
 * @param overloaded share of that time in which demand was above the ceiling of the ready instances
 * @param lost share of the demand that was beyond the whole capacity of the ready instances
 * @param instances mean number of instances that were paid, those starting included
 * @param cost that by the fewest instances that would have kept every tick below the ceiling, by
 *     somebody who knows the future and whose instances start at once
 * @param actions changes a day
 * @param reversals changes a day that took back one of less than 10 minutes before
 * @param points the course of it, one per tick of the whole trace
 */
public record BacktestRun(
    String label,
    Duration counted,
    double overloaded,
    double lost,
    double instances,
    double cost,
    double actions,
    double reversals,
    List<Point> points) {

  /** Copies the points. */
  public BacktestRun {
    points = List.copyOf(points);
  }

  /**
   * One tick.
   *
   * @param time of the tick
   * @param demand at that time; NaN in a gap
   * @param ready instances that served it
   * @param paid instances that were paid
   * @param decision what was decided
   */
  public record Point(Instant time, double demand, int ready, int paid, Decision decision) {}
}
