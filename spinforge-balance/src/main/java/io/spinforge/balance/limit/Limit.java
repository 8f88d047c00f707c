package io.spinforge.balance.limit;

import java.time.Duration;

/**
 * How many requests may run at once: a number, or a way to find it by watching how long requests
 * take and which are lost. The formulas are those of Netflix' concurrency-limits. Immutable: one
 * limit may serve many limiters, each keeps its own state.
 */
public sealed interface Limit permits Limit.Fixed, Limit.Aimd, Limit.Vegas, Limit.Gradient {
  /** What Vegas and gradient take the mean time of. */
  Duration WINDOW = Duration.ofMillis(100);

  /** A number that never changes, 1 or more. */
  static Fixed fixed(int limit) {
    return new Fixed(limit);
  }

  /**
   * Additive increase, multiplicative decrease, as TCP Reno: one more after each success while at
   * least half of the limit is in use, a tenth less after each loss or answer slower than 5 s.
   * Starts at 20, stays in 1 to 200. For backends that say or show plainly when they are full.
   */
  static Aimd aimd() {
    return new Aimd(20, 1, 200, 0.9, Duration.ofSeconds(5));
  }

  /**
   * Compares the time of answers with the shortest one, as TCP Vegas: the difference is a queue,
   * and its length is kept at 3 to 6 times log10(limit). The shortest time is measured anew every
   * 15 to 30 times the limit samples. Starts at 20, stays in 1 to 1000. A sample is the mean of 100
   * ms and at least 10 answers, so that a quick answer is not taken for an idle backend. Short
   * queues, but where single times vary it starts slowly on backends that could take hundreds at
   * once.
   */
  static Vegas vegas() {
    return new Vegas(20, 1_000, 1, WINDOW);
  }

  /**
   * Compares the time of answers with a long average: while it is less than 1.5 times the average,
   * the limit may grow by 4; when it is more, the limit shrinks in proportion, by half at most. A
   * fifth of each change is taken. Starts at 20, stays in 1 to 200. A sample is the mean of 100 ms
   * and at least 10 answers; one with a loss shrinks the limit the most (Netflix' does not look at
   * losses).
   *
   * <p>The average follows a load that lasts, so in an overload that does not end the limit creeps
   * up until requests are lost: a maximum that still answers in time spares them.
   */
  static Gradient gradient() {
    return new Gradient(20, 1, 200, 0.2, 1.5, 4, 600, WINDOW);
  }

  /**
   * A number that never changes.
   *
   * @param limit 1 or more
   */
  record Fixed(int limit) implements Limit {
    /** Checks the range. */
    public Fixed {
      Ranges.atLeast("limit", limit, 1);
    }
  }

  /**
   * Additive increase, multiplicative decrease.
   *
   * @param initial where it starts, within the minimum and the maximum
   * @param min 1 or more
   * @param max the minimum or more
   * @param backoff what is left of the limit after a loss, 0.5 to less than 1
   * @param timeout an answer slower than this is a loss
   */
  record Aimd(int initial, int min, int max, double backoff, Duration timeout) implements Limit {
    /** Checks the ranges. */
    public Aimd {
      Ranges.bounds(initial, min, max);
      if (!(backoff >= 0.5 && backoff < 1)) {
        throw new IllegalArgumentException("backoff: " + backoff + " (expected: >= 0.5, < 1)");
      }
      Ranges.positive("timeout", timeout);
    }

    /** Returns the same with these bounds. */
    public Aimd bounds(int initial, int min, int max) {
      return new Aimd(initial, min, max, backoff, timeout);
    }

    /** Returns the same with this time, above which an answer is a loss. */
    public Aimd timeout(Duration timeout) {
      return new Aimd(initial, min, max, backoff, timeout);
    }
  }

  /**
   * The queue by the shortest time.
   *
   * @param initial where it starts, 1 to the maximum
   * @param max 1 or more
   * @param smoothing how much of each change is taken, above 0, at most 1
   * @param window what one sample is the mean of; 0 for single answers
   */
  record Vegas(int initial, int max, double smoothing, Duration window) implements Limit {
    /** Checks the ranges. */
    public Vegas {
      Ranges.bounds(initial, 1, max);
      Ranges.part("smoothing", smoothing);
      Ranges.window(window);
    }

    /** Returns the same with these bounds. */
    public Vegas bounds(int initial, int max) {
      return new Vegas(initial, max, smoothing, window);
    }

    /** Returns the same for means over at least this long and 10 answers; 0: single answers. */
    public Vegas over(Duration window) {
      return new Vegas(initial, max, smoothing, window);
    }
  }

  /**
   * The slope of the times.
   *
   * @param initial where it starts, within the minimum and the maximum
   * @param min 1 or more
   * @param max the minimum or more
   * @param smoothing how much of each change is taken, above 0, at most 1
   * @param tolerance how much longer than the average an answer may take, 1 or more times
   * @param queue how many requests may wait, 0 or more
   * @param memory how many samples the average remembers, 10 or more
   * @param window what one sample is the mean of; 0 for single answers
   */
  record Gradient(
      int initial,
      int min,
      int max,
      double smoothing,
      double tolerance,
      int queue,
      int memory,
      Duration window)
      implements Limit {
    /** Checks the ranges. */
    public Gradient {
      Ranges.bounds(initial, min, max);
      Ranges.part("smoothing", smoothing);
      if (!(tolerance >= 1) || Double.isInfinite(tolerance)) {
        throw new IllegalArgumentException("tolerance: " + tolerance + " (expected: >= 1)");
      }
      Ranges.atLeast("queue", queue, 0);
      Ranges.atLeast("memory", memory, 10);
      Ranges.window(window);
    }

    /** Returns the same with these bounds. */
    public Gradient bounds(int initial, int min, int max) {
      return new Gradient(initial, min, max, smoothing, tolerance, queue, memory, window);
    }

    /** Returns the same for answers that may take this many times the average. */
    public Gradient tolerance(double tolerance) {
      return new Gradient(initial, min, max, smoothing, tolerance, queue, memory, window);
    }

    /** Returns the same for means over at least this long and 10 answers; 0: single answers. */
    public Gradient over(Duration window) {
      return new Gradient(initial, min, max, smoothing, tolerance, queue, memory, window);
    }
  }
}
