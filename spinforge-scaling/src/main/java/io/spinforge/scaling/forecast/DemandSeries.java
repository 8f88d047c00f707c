package io.spinforge.scaling.forecast;

import java.util.Arrays;

/**
 * The last three weeks of demand on a grid of cells: per cell what was measured, NaN where nothing
 * was, and the level around it, the mean of the last five minutes. Not thread-safe.
 *
 * <p>Kept as floats in two rings: at one-minute cells 245 kB.
 */
public final class DemandSeries {
  /** Days that are looked back on. */
  static final int DAYS = 21;

  private static final int DAY = 86_400;

  private final int step;
  private final int levelCells;
  private final float[] values;
  private final float[] levels;

  /** What was measured in the cells of a level, also where nothing is to be learned from it. */
  private final float[] recent;

  private long newest = Long.MIN_VALUE;
  private long oldest;
  private double last = Double.NaN;

  /** Makes an empty series of cells of {@code step} seconds, a divisor of a day. */
  public DemandSeries(int step) {
    this.step = step;
    levelCells = Math.max(1, 300 / step);
    values = new float[DAYS * (DAY / step) + Math.max(2, 9000 / step)];
    levels = new float[values.length];
    Arrays.fill(values, Float.NaN);
    recent = new float[levelCells];
    Arrays.fill(recent, Float.NaN);
  }

  /**
   * Adds a cell. Cells that were left out become gaps; a cell that is not newer than the newest is
   * the caller's mistake.
   *
   * @param value what was measured; NaN is a gap
   */
  public void add(long cell, double value) {
    if (newest == Long.MIN_VALUE) {
      oldest = cell;
      newest = cell - 1;
    }
    if (cell - newest > values.length) {
      Arrays.fill(values, Float.NaN);
      Arrays.fill(levels, (float) last);
      Arrays.fill(recent, Float.NaN);
      newest = cell - 1;
    }
    while (newest < cell) {
      put(++newest, newest == cell ? value : Double.NaN);
    }
  }

  private void put(long cell, double value) {
    int at = at(cell);
    values[at] = (float) value;
    recent[(int) Math.floorMod(cell, (long) levelCells)] = (float) value;
    last = Double.isNaN(value) ? last : value;
    double sum = 0;
    int n = 0;
    for (long k = Math.max(oldest, cell - levelCells + 1); k <= cell; k++) {
      float v = recent[(int) Math.floorMod(k, (long) levelCells)];
      if (!Float.isNaN(v)) {
        sum += v;
        n++;
      }
    }
    boolean first = cell == oldest;
    levels[at] = n > 0 ? (float) (sum / n) : first ? 0 : levels[at(cell - 1)];
  }

  /**
   * Takes the newest cell, a gap, to have been at what was foreseen for it, until something is
   * measured again. Nothing is learned from that.
   */
  void assume(double value) {
    levels[at(newest)] = (float) value;
    last = value;
  }

  /** Makes a cell of the past a gap for everything that learns from it. */
  public void forget(long cell) {
    if (holds(cell)) {
      values[at(cell)] = Float.NaN;
    }
  }

  /** Tells whether the ring still has a cell. */
  boolean holds(long cell) {
    return cell >= oldest && cell <= newest && cell > newest - values.length;
  }

  /** Returns what was measured in a cell that the ring {@link #holds}; NaN for a gap. */
  double value(long cell) {
    return values[at(cell)];
  }

  /** Returns the mean of the last five minutes at a cell that the ring {@link #holds}. */
  double level(long cell) {
    return levels[at(cell)];
  }

  /** Returns the mean level of the last {@code cells} cells, read at {@code points} of them. */
  double mean(int cells, int points) {
    double sum = 0;
    int n = 0;
    for (int k = 0; k < points; k++) {
      long cell = newest - (long) k * cells / points;
      if (!holds(cell)) {
        break;
      }
      sum += level(cell);
      n++;
    }
    return n == 0 ? 0 : sum / n;
  }

  /** Returns the newest cell. */
  public long newest() {
    return newest;
  }

  /** Returns the cells since the first one. */
  public long age() {
    return newest == Long.MIN_VALUE ? 0 : newest - oldest + 1;
  }

  /** Returns the last value that was measured; NaN if there is none. */
  public double last() {
    return last;
  }

  /** Returns the seconds of a cell. */
  public int step() {
    return step;
  }

  /** Returns the cells of a day. */
  int day() {
    return DAY / step;
  }

  private int at(long cell) {
    return (int) Math.floorMod(cell, (long) values.length);
  }
}
