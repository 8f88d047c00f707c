package io.spinforge.benchmarks.load;

import org.jspecify.annotations.Nullable;

/**
 * What came of one request: good, or failed for a reason.
 *
 * @param failure why it failed, from a small set of texts; null when it was good
 */
public record Answer(@Nullable String failure) {
  private static final Answer OK = new Answer(null);

  /** Returns the good answer. */
  public static Answer ok() {
    return OK;
  }

  /** Returns a failed answer; equal reasons are counted together. */
  public static Answer failed(String reason) {
    return new Answer(reason);
  }
}
