package io.spinforge.cache;

import org.jspecify.annotations.Nullable;

/** One setting of a builder: refuses to be set twice and remembers whether it was. */
final class Setting<T> {
  private final String name;
  private @Nullable T value;

  Setting(String name) {
    this.name = name;
  }

  void set(T newValue) {
    if (value != null) {
      throw new IllegalStateException(
          name + ": " + newValue + " (expected: set once; it is " + value + " already)");
    }
    value = newValue;
  }

  boolean isSet() {
    return value != null;
  }

  @Nullable T orNull() {
    return value;
  }

  T or(T fallback) {
    return value == null ? fallback : value;
  }
}
