package io.spinforge.metrics.doctor;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What was read of one subject: values by name, and reasons where nothing could be read. Not
 * thread-safe.
 */
final class Facts {
  private final String subject;
  private final Map<String, String> values = new LinkedHashMap<>();
  private final Map<String, String> origins = new LinkedHashMap<>();
  private final Map<String, String> unreadable = new LinkedHashMap<>();

  Facts(String subject) {
    this.subject = subject;
  }

  String subject() {
    return subject;
  }

  /** Notes a value; null says that there is none, and so does NaN. */
  Facts put(String name, @Nullable Object value) {
    if (value instanceof Double number) {
      if (!number.isNaN()) {
        values.put(name, write(number));
      }
    } else if (value != null) {
      values.put(name, value.toString());
    }
    return this;
  }

  private static String write(double number) {
    return Double.isInfinite(number)
        ? "unlimited"
        : BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
  }

  /** Notes a value and who set it. */
  Facts put(String name, @Nullable Object value, String origin) {
    origins.put(name, origin);
    return put(name, value);
  }

  /** Notes that something could not be read. */
  Facts unreadable(String what, String reason) {
    unreadable.put(what, reason);
    return this;
  }

  Map<String, String> unreadable() {
    return unreadable;
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  boolean is(String name, String value) {
    return value.equals(values.get(name));
  }

  /** Returns the value, or empty if there is none. */
  String text(String name) {
    return Objects.requireNonNullElse(values.get(name), "");
  }

  /** Returns the value as a number; NaN if it is none. */
  double number(String name) {
    return parse(text(name));
  }

  String origin(String name) {
    return Objects.requireNonNullElse(origins.get(name), "");
  }

  /** Parses a number; {@code unlimited} and {@code max} are infinite. */
  static double parse(String value) {
    if (value.equals("unlimited") || value.equals("max")) {
      return Double.POSITIVE_INFINITY;
    }
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }
}
