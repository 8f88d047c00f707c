package io.spinforge.metrics.page;

/** Numbers as a person reads them, three digits where that is enough. */
final class Numbers {
  static final String NONE = "–";
  private static final String[] BYTES = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

  private Numbers() {}

  static String count(long number) {
    return plain((double) number);
  }

  static String plain(double value) {
    if (Double.isNaN(value)) {
      return NONE;
    }
    double size = Math.abs(value);
    if (value == Math.rint(value)) {
      return decimal(value, 0);
    }
    return decimal(value, size < 10 ? 2 : size < 100 ? 1 : 0);
  }

  static String perSecond(double value) {
    return Double.isNaN(value) ? NONE : decimal(value, value > 0 && value < 10 ? 1 : 0) + "/s";
  }

  static String share(double value) {
    return Double.isNaN(value) ? NONE : decimal(value * 100, 1) + " %";
  }

  static String time(double seconds) {
    if (Double.isNaN(seconds)) {
      return NONE;
    }
    double millis = seconds * 1000;
    if (millis < 0.001 && millis > 0) {
      return decimal(millis * 1e6, 0) + " ns";
    }
    if (millis < 1) {
      return decimal(millis * 1000, 0) + " µs";
    }
    if (seconds < 1) {
      return decimal(millis, millis < 10 ? 2 : 0) + " ms";
    }
    return decimal(seconds, 2) + " s";
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
    return decimal(value, unit == 0 || value >= 100 ? 0 : 1) + " " + BYTES[unit];
  }

  /** What {@code %,.nf} writes, without its cost: a page has hundreds of numbers. */
  static String decimal(double value, int decimals) {
    if (Double.isInfinite(value) || Math.abs(value) >= 1e15) {
      return Double.toString(value);
    }
    long scale = decimals == 0 ? 1 : decimals == 1 ? 10 : 100;
    long scaled = Math.round(Math.abs(value) * scale);
    String whole = Long.toString(scaled / scale);
    StringBuilder out = new StringBuilder(whole.length() + 8);
    if (value < 0 && scaled > 0) {
      out.append('-');
    }
    for (int i = 0; i < whole.length(); i++) {
      if (i > 0 && (whole.length() - i) % 3 == 0) {
        out.append(',');
      }
      out.append(whole.charAt(i));
    }
    if (decimals > 0) {
      long rest = scaled % scale;
      out.append('.').append(decimals == 2 && rest < 10 ? "0" : "").append(rest);
    }
    return out.toString();
  }

  /** One decimal, for coordinates; no exponent, no trailing zero. */
  static String coordinate(double value) {
    long tenths = Math.round(value * 10);
    return tenths % 10 == 0
        ? Long.toString(tenths / 10)
        : (tenths < 0 ? "-" : "") + Math.abs(tenths) / 10 + "." + Math.abs(tenths) % 10;
  }
}
