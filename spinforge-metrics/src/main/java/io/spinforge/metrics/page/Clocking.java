package io.spinforge.metrics.page;

/**
 * How often the page looks, and how many looks it keeps.
 *
 * @param seconds between two looks
 * @param history looks that pictures show
 */
public record Clocking(double seconds, int history) {
  /** Returns the time between two looks, in milliseconds. */
  long millis() {
    return Math.round(seconds * 1000);
  }

  /** Returns the time that pictures show, for a person. */
  String span() {
    long total = Math.round(seconds * history);
    return total >= 120 ? "last " + total / 60 + " min" : "last " + total + " s";
  }
}
