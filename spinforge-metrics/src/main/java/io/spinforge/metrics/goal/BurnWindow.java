package io.spinforge.metrics.goal;

/** The windows over which budgets are watched, each in slots of a length that suits it. */
public enum BurnWindow {
  /** Five minutes. */
  M5(0, "5m", 0, 300),
  /** Half an hour. */
  M30(1, "30m", 0, 1_800),
  /** An hour. */
  H1(2, "1h", 0, 3_600),
  /** Two hours. */
  H2(3, "2h", 1, 7_200),
  /** Six hours. */
  H6(4, "6h", 1, 21_600),
  /** A day. */
  D1(5, "1d", 2, 86_400),
  /** Three days. */
  D3(6, "3d", 2, 259_200),
  /** Thirty days: the budget's own. */
  D30(7, "30d", 3, 2_592_000);

  /** The slots of each ring, in seconds, and how many the longest window of the ring needs. */
  static final int[] SLOT_SECONDS = {1, 30, 300, 3_600};

  static final int[] SLOTS = {3_600, 720, 864, 720};

  /** The place of its counts among those of all windows. */
  final int column;

  private final String text;
  final int ring;
  private final int seconds;

  BurnWindow(int column, String text, int ring, int seconds) {
    this.column = column;
    this.text = text;
    this.ring = ring;
    this.seconds = seconds;
  }

  /** Returns the window as Prometheus writes it. */
  public String text() {
    return text;
  }

  int slots() {
    return seconds / SLOT_SECONDS[ring];
  }
}
