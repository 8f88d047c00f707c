package io.spinforge.metrics.goal;

/**
 * The alarms of the Site Reliability Workbook (Google, 2018, chapter 5, "Multiwindow, Multi-Burn-
 * Rate Alerts"): a budget burns too fast if it does so over a long window, and still does over a
 * short one. Gravest first.
 */
public enum BurnAlarm {
  /** Two percent of the budget in an hour. */
  HOUR(14.4, BurnWindow.H1, BurnWindow.M5, true),
  /** Five percent in six hours. */
  QUARTER(6, BurnWindow.H6, BurnWindow.M30, true),
  /** Ten percent in a day. */
  DAY(3, BurnWindow.D1, BurnWindow.H2, false),
  /** Ten percent in three days. */
  DAYS(1, BurnWindow.D3, BurnWindow.H6, false);

  private final double factor;
  private final BurnWindow longer;
  private final BurnWindow shorter;
  private final boolean pages;

  BurnAlarm(double factor, BurnWindow longer, BurnWindow shorter, boolean pages) {
    this.factor = factor;
    this.longer = longer;
    this.shorter = shorter;
    this.pages = pages;
  }

  /** Returns the burn rate that must be exceeded in both windows. */
  public double factor() {
    return factor;
  }

  /** Returns the long window. */
  public BurnWindow longer() {
    return longer;
  }

  /** Returns the short window. */
  public BurnWindow shorter() {
    return shorter;
  }

  /** Returns whether somebody is to be woken; else a ticket will do. */
  public boolean pages() {
    return pages;
  }

  /** Returns whether a budget can burn this fast at all: half of all requests cannot 14 times. */
  public boolean isPossible(double budget) {
    return factor * budget < 1;
  }
}
