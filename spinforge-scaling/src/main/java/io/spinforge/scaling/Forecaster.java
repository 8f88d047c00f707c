package io.spinforge.scaling;

import java.time.Duration;
import java.time.ZoneId;

/**
 * Tells future demand from past demand. Implemented by the host for a model of its own; called by
 * one thread at a time, once per cell of a regular grid.
 *
 * <p>It should be a function of what it was given alone: a clock or chance in it would end the
 * exact replay of decisions.
 */
public interface Forecaster {
  /**
   * Takes the next cell. Cells come in order; those left out are gaps.
   *
   * @param cell number of the cell: its start in seconds since 1970 by the seconds of a cell
   * @param demand mean demand in it
   * @param learn false if the demand is true but nothing to learn from, as in an incident
   */
  void observe(long cell, double demand, boolean learn);

  /** Returns the demand expected {@code ahead} cells after the last one, from 1; NaN if unknown. */
  double forecast(int ahead);

  /**
   * Returns how uncertain that forecast is, in the unit of demand and only relative to other times;
   * NaN, the default, if nothing is known but past errors.
   */
  default double spread(int ahead) {
    return Double.NaN;
  }

  /**
   * Forgets past cells, ends included, because somebody said afterwards what they were; by default
   * does nothing.
   */
  default void forget(long fromCell, long toCell) {}

  /** Takes note that a local day, counted from 1970-01-01, is a holiday; by default ignores it. */
  default void holiday(long day) {}

  /** Makes forecasters. */
  @FunctionalInterface
  interface Factory {
    /**
     * Makes one that knows nothing.
     *
     * @param cell length of a cell, a divisor of a day
     * @param zone whose clock the demand follows
     * @param horizons how many cells ahead it will be asked most
     */
    Forecaster create(Duration cell, ZoneId zone, int... horizons);
  }
}
