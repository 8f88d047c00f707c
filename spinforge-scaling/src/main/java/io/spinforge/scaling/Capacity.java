package io.spinforge.scaling;

/**
 * What a fully busy instance serves, learned from what busy instances serve.
 *
 * <p>Regression of demand on busy instances (ready ones times their utilization) through the
 * origin, half forgotten in a day, with Huber's weights: an example further off than twice the mean
 * distance counts the less, the further it is (P. Huber, "Robust Statistics", 1981). Believed from
 * a hundred examples on, within half and twice of what was stated. Not thread-safe.
 */
final class Capacity {
  private static final int ENOUGH = 100;
  private static final double HUBER = 2;
  private static final double RANGE = 2;

  private final double keep;
  private double products;
  private double squares;
  private double scale;
  private int examples;

  /**
   * Makes one that knows nothing.
   *
   * @param examplesADay after so many, half of what was learned is forgotten
   */
  Capacity(double examplesADay) {
    keep = StrictMath.pow(0.5, 1 / examplesADay);
  }

  /** Learns one example; less than half a busy instance says too little. */
  void learn(double busy, double demand) {
    if (!(busy >= 0.5) || !(demand >= 0) || demand == Double.POSITIVE_INFINITY) {
      return;
    }
    double each = demand / busy;
    double known = squares > 0 ? products / squares : each;
    double off = Math.abs(each - known);
    double weight = examples < 10 || off <= HUBER * scale ? 1 : HUBER * scale / off;
    // The scale itself must not run away with one example, nor stand at nothing.
    double least = 0.01 * known;
    double bounded = examples < 10 ? off : Math.min(off, 5 * Math.max(scale, least));
    scale = examples == 0 ? least : Math.max(least, scale + 0.05 * (bounded - scale));
    products = products * keep + weight * busy * demand;
    squares = squares * keep + weight * busy * busy;
    examples++;
  }

  /** Forgets everything: the instances are others now. */
  void reset() {
    products = 0;
    squares = 0;
    scale = 0;
    examples = 0;
  }

  /** Returns what an instance serves; what was stated until enough is known. */
  double perInstance(double stated) {
    if (examples < ENOUGH || !(squares > 0)) {
      return stated;
    }
    return Math.max(stated / RANGE, Math.min(stated * RANGE, products / squares));
  }
}
