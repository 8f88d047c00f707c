package io.spinforge.scaling.target;

import io.spinforge.scaling.ApplyResult;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Remembers the highest fence and refuses lower ones. Not thread-safe. */
final class Fence {
  private long highest = Long.MIN_VALUE;

  /** Returns the refusal of a fence that is lower than an earlier one, or null and remembers it. */
  ApplyResult.@Nullable Rejected check(OptionalLong fence) {
    if (fence.isPresent() && fence.getAsLong() < highest) {
      return new ApplyResult.Rejected("fence " + fence.getAsLong() + " after " + highest);
    }
    highest = fence.orElse(highest);
    return null;
  }
}
