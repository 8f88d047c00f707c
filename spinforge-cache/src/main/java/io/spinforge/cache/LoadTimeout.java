package io.spinforge.cache;

import java.time.Duration;

/**
 * How long a read waits. It is the wait that ends, not the load: that goes on in the background,
 * stays the only one of its key, and fills the cache when it succeeds. Immutable.
 */
public sealed interface LoadTimeout {
  /**
   * Returns a limit after which a value that memory still knows is served, within {@link
   * CachePolicy#serveStaleOnError}; without one the read goes on waiting.
   *
   * @param after 1 ms to 1 h
   */
  static Soft soft(Duration after) {
    return new Soft(after);
  }

  /**
   * Returns a limit after which a read ends in any case: with the last value, else with {@link
   * LoadTimeoutException}. A load that runs for twice as long is interrupted and given up: the next
   * read starts another.
   *
   * @param after 1 ms to 1 h
   */
  static Hard hard(Duration after) {
    return new Hard(after);
  }

  /**
   * When a stale value is preferred to waiting.
   *
   * @param after 1 ms to 1 h
   */
  record Soft(Duration after) implements LoadTimeout {
    /** Checks the range. */
    public Soft {
      Rules.within("soft", after, Duration.ofMillis(1), Duration.ofHours(1));
    }
  }

  /**
   * When waiting ends.
   *
   * @param after 1 ms to 1 h
   */
  record Hard(Duration after) implements LoadTimeout {
    /** Checks the range. */
    public Hard {
      Rules.within("hard", after, Duration.ofMillis(1), Duration.ofHours(1));
    }
  }
}
