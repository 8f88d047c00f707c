package io.spinforge.metrics.jdbc;

import java.util.Locale;

/** What statements do. */
public enum Operation {
  /** Reads, by whatever word. */
  SELECT,
  /** Adds rows. */
  INSERT,
  /** Changes rows. */
  UPDATE,
  /** Removes rows. */
  DELETE,
  /** All the rest. */
  OTHER;

  /** Returns it as the value of a tag. */
  public String tag() {
    return name().toLowerCase(Locale.ROOT);
  }
}
