package io.spinforge.scaling.reactive;

import java.util.List;

/**
 * The counting rule: one more instance after some high samples, one less after more low ones.
 *
 * <p>A sample is the ratio of the measured to the wanted value. It is high above 1 and low below ½.
 * One more: at least {@value #HIGH} of the samples kept are high and the mean of the last {@value
 * #SMOOTHED} is. One less: at least {@value #LOW} of them are low and the mean of the last {@value
 * #SMOOTHED} is. Since low is under half of the target, one less of two or more instances leaves
 * the rest below it.
 */
public final class Thresholds {
  /** Samples kept. */
  public static final int WINDOW = 10;

  /** Samples in the mean. */
  public static final int SMOOTHED = 3;

  /** High samples that add an instance. */
  public static final int HIGH = 3;

  /** Low samples that remove one. */
  public static final int LOW = 5;

  private Thresholds() {}

  /** Returns 1, 0 or −1 for ratios from oldest to newest, at most {@value #WINDOW} of them. */
  public static int step(List<Double> ratios) {
    if (ratios.size() < SMOOTHED) {
      return 0;
    }
    double sum = 0;
    for (double ratio : ratios.subList(ratios.size() - SMOOTHED, ratios.size())) {
      sum += ratio;
    }
    int high = 0;
    int low = 0;
    for (double ratio : ratios) {
      high += ratio > 1 ? 1 : 0;
      low += ratio < 0.5 ? 1 : 0;
    }
    if (sum > SMOOTHED && high >= HIGH) {
      return 1;
    }
    return sum < 0.5 * SMOOTHED && low >= LOW ? -1 : 0;
  }
}
