package io.spinforge.metrics.page;

/** How well something is; later is worse. */
public enum Level {
  /** As it should be. */
  OK("ok", "OK"),
  /** Could be better. */
  INFO("info", "info"),
  /** Not known. */
  UNKNOWN("unknown", "no data"),
  /** Worth a look. */
  WARN("warn", "warning"),
  /** Hurts. */
  CRITICAL("critical", "critical");

  private final String style;
  private final String word;

  Level(String style, String word) {
    this.style = style;
    this.word = word;
  }

  /** Returns the name of its class in the style sheet. */
  String style() {
    return style;
  }

  /** Returns it for a person: colour is never the only sign. */
  String word() {
    return word;
  }

  Level worse(Level other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
