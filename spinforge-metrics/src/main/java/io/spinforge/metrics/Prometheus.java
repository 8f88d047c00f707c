package io.spinforge.metrics;

import io.spinforge.metrics.bind.Catalogue;

/** Names as Prometheus shows them. */
final class Prometheus {
  private Prometheus() {}

  /** Returns a meter's name, of a timer without {@code _count} and the like. */
  static String name(Catalogue meter) {
    String name = meter.id().replace('.', '_');
    String unit = meter.baseUnit();
    return switch (meter.type()) {
      case TIMER -> name + "_seconds";
      case COUNTER -> name + (unit == null ? "" : "_" + unit) + "_total";
      default -> name + (unit == null ? "" : "_" + unit);
    };
  }
}
