package io.spinforge.scaling.conformal;

import java.util.Arrays;

/**
 * How far above a forecast demand has to be expected, from how far past forecasts were off.
 *
 * <p>Split conformal prediction on a moving window (V. Vovk et al., "Algorithmic Learning in a
 * Random World", 2005): the score of a forecast is its error by the size that an error was to be
 * expected of, see {@link ErrorSize}; the headroom is the score of the wanted rank of the last
 * seven days times the present size. The wanted share itself follows what happens (adaptive
 * conformal inference, I. Gibbs and E. Candès, 2021): each miss raises it, each hit lowers it a
 * little, so that in the long run the share of misses is the wanted one whatever the demand does.
 *
 * <p>A forecast is for a span of cells and judged by their highest, or for its last cell alone. Not
 * thread-safe.
 */
public final class Headroom {
  /** Longest span of a forecast in cells. */
  public static final int LONGEST = 240;

  private static final int ROWS = LONGEST + 1;

  /** Share of misses beyond which the wanted certainty does not fall. */
  private static final double MOST_MISSES = 0.1;

  /**
   * How far misses may go below none: those that come in clusters are made up for afterwards, by
   * keeping the highest certainty for longer.
   */
  private static final double DEBT = -0.1;

  private final boolean peak;
  private final double wanted;
  private final double pace;
  private final double lowest;
  private final double highest;
  private final Scores scores;
  private final ErrorSize errors;
  private double misses;

  // Forecasts that have not come due, by origin.
  private final long[] origin = new long[ROWS];
  private final int[] span = new int[ROWS];
  private final double[] center = new double[ROWS];
  private final double[] size = new double[ROWS];
  private final double[] bound = new double[ROWS];
  private final double[] highestSeen = new double[ROWS];

  private final double[] parts = new double[ROWS * ErrorSize.PARTS];
  private long hits;
  private long judged;

  /**
   * Makes one that knows nothing.
   *
   * @param cells of seven days
   * @param peak true if the highest cell of the span counts, false if its last one
   * @param coverage wanted share of hits, above 0 and below 1
   * @param pace how far one miss moves the share; 0 leaves it as it is
   */
  public Headroom(int cells, boolean peak, double coverage, double pace) {
    this.peak = peak;
    this.pace = pace;
    wanted = 1 - coverage;
    misses = wanted;
    lowest = Math.min(wanted / 20, 0.001);
    highest = Math.max(MOST_MISSES, Math.min(0.9, 4 * wanted));
    scores = new Scores(cells);
    errors = new ErrorSize(cells);
    Arrays.fill(origin, Long.MIN_VALUE);
  }

  /**
   * Takes what came in a cell and judges the forecasts that are due with it; cells in order.
   *
   * @param value demand; NaN is a gap, and forecasts that it would have judged are dropped
   * @param hour of the day on the local clock
   */
  public void observe(long cell, double value, int hour) {
    for (int row = 0; row < ROWS; row++) {
      long age = origin[row] == Long.MIN_VALUE ? 0 : cell - origin[row];
      if (age < 1) {
        continue;
      }
      boolean due = age >= span[row];
      if (peak || due) {
        highestSeen[row] = Double.isNaN(value) ? value : Math.max(highestSeen[row], value);
      }
      if (Double.isNaN(highestSeen[row]) || age > span[row]) {
        origin[row] = Long.MIN_VALUE;
      } else if (due) {
        origin[row] = Long.MIN_VALUE;
        judge(row, hour);
      }
    }
  }

  private void judge(int row, int hour) {
    double error = highestSeen[row] - center[row];
    errors.learn(Math.abs(error), size[row], hour, parts, row * ErrorSize.PARTS);
    if (size[row] > 0) {
      scores.add(error / size[row]);
    }
    boolean hit = highestSeen[row] <= bound[row];
    judged++;
    hits += hit ? 1 : 0;
    adapt(!hit);
  }

  private void adapt(boolean miss) {
    if (pace > 0) {
      move(miss);
    }
  }

  /** Moves the share after a hit or a miss that the caller has judged by a measure of its own. */
  public void move(boolean miss) {
    double step = pace > 0 ? pace : 0.01;
    misses = Math.max(DEBT, Math.min(highest, misses + step * (wanted - (miss ? 1 : 0))));
  }

  /**
   * Notes a forecast and returns its bound.
   *
   * @param cell newest cell that was known
   * @param span cells that it is for, 1 to {@link #LONGEST}
   * @param center the forecast
   * @param spread how uncertain it is in itself, as against other times; NaN if not known
   * @param most what the bound is cut off at
   * @param hour of the day on the local clock
   */
  public double ask(long cell, int span, double center, double spread, double most, int hour) {
    int row = (int) Math.floorMod(cell, (long) ROWS);
    origin[row] = cell;
    this.span[row] = Math.max(1, Math.min(LONGEST, span));
    this.center[row] = center;
    size[row] = errors.of(center, spread, hour, parts, row * ErrorSize.PARTS);
    highestSeen[row] = Double.NEGATIVE_INFINITY;
    bound[row] = Math.max(0, Math.min(most, center + headroom(size[row])));
    return bound[row];
  }

  private double headroom(double size) {
    // Three mean absolute errors until there are scores to rank.
    return size * (scores.count() < 30 ? 3 : scores.at(share()));
  }

  /** Returns the share that is in force now: the wanted one, moved by what happened. */
  public double share() {
    return 1 - Math.max(lowest, misses);
  }

  /** Returns the number of forecasts that were judged. */
  public long judged() {
    return judged;
  }

  /** Returns the share of forecasts so far whose bound held; NaN before the first. */
  public double coverage() {
    return judged == 0 ? Double.NaN : (double) hits / judged;
  }
}
