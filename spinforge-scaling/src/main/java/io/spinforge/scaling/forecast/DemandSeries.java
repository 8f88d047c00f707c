package io.spinforge.scaling.forecast;

import java.util.Arrays;

/**
 * The last three weeks of demand on a grid of cells: per cell what was measured, NaN where nothing
 * was, and the level around it, the mean of the last five minutes. Not thread-safe.
 *
 * <p>Kept as floats in one ring, at one-minute cells 130 kB: levels are made when they are asked
 * for. A gap keeps its level in the place of its value, and a cell that was forgotten its value, so
 * that the level around it stays; a bit each says so.
 */
public final class DemandSeries {
  /** Days that are looked back on. */
  static final int DAYS = 21;

  private static final int DAY = 86_400;

  private final int step;
  private final int levelCells;
  private final int held;
  private final float[] values;

  /** Cells in which nothing was measured; they hold their level. */
  private final Bits gaps;

  /** Cells that nothing is to be learned from; they hold what was measured. */
  private final Bits forgotten;

  private long newest = Long.MIN_VALUE;
  private int newestAt;
  private long oldest;
  private double last = Double.NaN;

  /** Makes an empty series of cells of {@code step} seconds, a divisor of a day. */
  public DemandSeries(int step) {
    this.step = step;
    levelCells = Math.max(1, 300 / step);
    held = DAYS * (DAY / step) + Math.max(2, 9000 / step);
    values = new float[held + levelCells]; // so that the oldest has a level too
    gaps = new Bits(values.length);
    forgotten = new Bits(values.length);
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
    if (cell - newest > held) {
      Arrays.fill(values, (float) last);
      gaps.fill();
      newest = cell - 1;
    }
    while (newest < cell) {
      put(newest + 1, newest + 1 == cell ? value : Double.NaN);
    }
  }

  private void put(long cell, double value) {
    float before = cell == oldest ? 0 : (float) level(newest);
    newest = cell;
    newestAt = newestAt + 1 == values.length ? 0 : newestAt + 1;
    boolean gap = Double.isNaN(value);
    gaps.set(newestAt, gap);
    forgotten.set(newestAt, false);
    if (gap) {
      float mean = mean(cell, newestAt);
      values[newestAt] = Float.isNaN(mean) ? before : mean;
    } else {
      values[newestAt] = (float) value;
      last = value;
    }
  }

  /** Returns the mean of what was measured in the cells of a level; NaN if there is nothing. */
  private float mean(long cell, int at) {
    double sum = 0;
    int cells = (int) Math.min(levelCells, cell - oldest + 1);
    int from = at - cells + 1;
    if (from >= 0 && gaps.none()) {
      for (int k = from; k <= at; k++) {
        sum += values[k];
      }
      return (float) (sum / cells);
    }
    int n = 0;
    for (int k = 0; k < cells; k++) {
      int index = from + k < 0 ? from + k + values.length : from + k;
      if (!gaps.get(index)) {
        sum += values[index];
        n++;
      }
    }
    return n > 0 ? (float) (sum / n) : Float.NaN;
  }

  /**
   * Takes the newest cell, a gap, to have been at what was foreseen for it, until something is
   * measured again. Nothing is learned from that.
   */
  void assume(double value) {
    values[newestAt] = (float) value;
    last = value;
  }

  /** Makes a cell of the past a gap for everything that learns from it. */
  public void forget(long cell) {
    if (holds(cell)) {
      forgotten.set(at(cell), true);
    }
  }

  /** Tells whether the ring still has a cell. */
  boolean holds(long cell) {
    return cell >= oldest && cell <= newest && cell > newest - held;
  }

  /** Returns what was measured in a cell that the ring {@link #holds}; NaN for a gap. */
  double value(long cell) {
    int at = at(cell);
    return gaps.get(at) || forgotten.get(at) ? Double.NaN : values[at];
  }

  /** Returns the mean of the last five minutes at a cell that the ring {@link #holds}. */
  double level(long cell) {
    int at = at(cell);
    return gaps.get(at) ? values[at] : mean(cell, at);
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
    long at = newestAt - (newest - cell);
    int length = values.length;
    boolean near = at >= -length && at < length;
    return near ? (int) (at < 0 ? at + length : at) : (int) Math.floorMod(at, (long) length);
  }

  /** A bit per cell. */
  private static final class Bits {
    private final long[] words;
    private final int size;
    private int count;

    Bits(int size) {
      this.size = size;
      words = new long[(size + 63) >>> 6];
    }

    /** Tells whether there is none, as is usual: then nobody has to ask for one. */
    boolean none() {
      return count == 0;
    }

    boolean get(int index) {
      return count > 0 && (words[index >>> 6] & 1L << index) != 0;
    }

    void set(int index, boolean bit) {
      if (get(index) != bit) {
        words[index >>> 6] ^= 1L << index;
        count += bit ? 1 : -1;
      }
    }

    void fill() {
      Arrays.fill(words, -1L);
      count = size;
    }
  }
}
