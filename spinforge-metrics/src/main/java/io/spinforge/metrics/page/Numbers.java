package io.spinforge.metrics.page;

import java.util.Locale;

/** Numbers as a person reads them, three digits where that is enough. */
final class Numbers {
  static final String NONE = "–";
  private static final String[] BYTES = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

  private Numbers() {}

  static String plain(double value) {
    if (Double.isNaN(value)) {
      return NONE;
    }
    double size = Math.abs(value);
    if (value == Math.rint(value) && size < 1e15) {
      return String.format(Locale.ROOT, "%,d", (long) value);
    }
    return String.format(Locale.ROOT, size < 10 ? "%.2f" : size < 100 ? "%.1f" : "%,.0f", value);
  }

  static String perSecond(double value) {
    if (Double.isNaN(value)) {
      return NONE;
    }
    return String.format(Locale.ROOT, value > 0 && value < 10 ? "%.1f/s" : "%,.0f/s", value);
  }

  static String share(double value) {
    return Double.isNaN(value) ? NONE : String.format(Locale.ROOT, "%.1f %%", value * 100);
  }

  static String time(double seconds) {
    if (Double.isNaN(seconds)) {
      return NONE;
    }
    double millis = seconds * 1000;
    if (millis < 1) {
      return String.format(Locale.ROOT, "%.0f µs", millis * 1000);
    }
    if (seconds < 1) {
      return String.format(Locale.ROOT, millis < 10 ? "%.2f ms" : "%.0f ms", millis);
    }
    return String.format(Locale.ROOT, "%.2f s", seconds);
  }

  static String bytes(double bytes) {
    if (Double.isNaN(bytes)) {
      return NONE;
    }
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < BYTES.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(
        Locale.ROOT, unit == 0 || value >= 100 ? "%.0f %s" : "%.1f %s", value, BYTES[unit]);
  }

  /** One decimal, for coordinates; no exponent, no trailing zero. */
  static String coordinate(double value) {
    long tenths = Math.round(value * 10);
    return tenths % 10 == 0
        ? Long.toString(tenths / 10)
        : (tenths < 0 ? "-" : "") + Math.abs(tenths) / 10 + "." + Math.abs(tenths) % 10;
  }
}
