package io.spinforge.cache;

import io.spinforge.cache.memory.BanMark;
import org.jspecify.annotations.Nullable;

/**
 * One read on its way to a load that it may come to share with others: knows what was banned when
 * it came, and whether what it was handed respects that; see {@link Controls}. Of one thread at a
 * time.
 */
final class Joining implements Runnable {
  private final Counters counters;
  private final BanMark came;
  private boolean joined;
  private boolean wentOn;

  Joining(Node node, Counters counters) {
    this.counters = counters;
    this.came = node.bans.mark();
  }

  /** Notes that the read shares a load that was under way. */
  @Override
  public void run() {
    counters.coalesced.increment();
    joined = true;
  }

  /**
   * Tells whether the read is to go on: what it was handed is older than what was banned before it
   * came. True once at the most: the load that is joined then was not under way when the read came.
   */
  boolean goesOn(@Nullable CachedEntry<?> handed, String fullKey) {
    if (wentOn
        || !joined
        || handed == null
        || !handed.isBarredFor(came, Node.cacheOf(fullKey), Node.keyOf(fullKey))) {
      return false;
    }
    wentOn = true;
    return true;
  }
}
