package io.spinforge.metrics.doctor;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** How a number is written for a person; the number itself is in base units. */
enum Unit {
  NONE,
  BYTES,
  SECONDS,
  SHARE;

  String write(double value) {
    return switch (this) {
      case NONE -> plain(value);
      case SECONDS -> plain(value) + " s";
      case SHARE -> plain(value * 100) + " %";
      case BYTES -> bytes(value);
    };
  }

  private static String plain(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return Double.isNaN(value) ? "unknown" : "unlimited";
    }
    // Half even at three decimals is enough for a reader, and whole numbers stay whole.
    return BigDecimal.valueOf(value)
        .setScale(3, RoundingMode.HALF_EVEN)
        .stripTrailingZeros()
        .toPlainString();
  }

  private static String bytes(double value) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    int at = 0;
    double left = value;
    for (; left >= 1024 && at < units.length - 1; at++) {
      left /= 1024;
    }
    String number =
        Double.isInfinite(left) || Double.isNaN(left)
            ? plain(left)
            : BigDecimal.valueOf(left)
                .setScale(left < 10 ? 1 : 0, RoundingMode.HALF_EVEN)
                .stripTrailingZeros()
                .toPlainString();
    return number + " " + units[at];
  }
}
