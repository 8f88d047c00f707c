package io.spinforge.cache.redis;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is invalidated by something else than its keys.
 *
 * @param arguments the tags; the cache and the pattern; or the cache
 */
public record Control(Kind kind, List<String> arguments) {

  /** Copies the arguments. */
  public Control {
    arguments = List.copyOf(arguments);
  }

  /** By what. */
  public enum Kind {
    /** Entries with one of the tags. */
    TAGS('T'),
    /** Entries of a cache whose keys match a pattern. */
    MATCHING('G'),
    /** All of a cache. */
    WHOLE('A');

    private final char operation;

    Kind(char operation) {
      this.operation = operation;
    }

    char operation() {
      return operation;
    }
  }

  /** Returns what a record says, or null if it is of a kind that this version does not know. */
  static @Nullable Control of(LogRecord record) {
    for (Kind kind : Kind.values()) {
      if (kind.operation == record.operation()) {
        return new Control(kind, record.keys());
      }
    }
    return null;
  }
}
