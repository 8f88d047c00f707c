package io.spinforge.cache;

import io.spinforge.cache.memory.BanMark;
import io.spinforge.cache.memory.MemoryStore;
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
   * came, or is no load's but memory's, and memory does not have it any more. True once at the
   * most: the load that is joined then was not under way when the read came.
   */
  boolean goesOn(
      @Nullable CachedEntry<?> handed,
      String fullKey,
      MemoryStore<? extends CachedEntry<?>> memory) {
    if (wentOn || !joined || handed == null) {
      return false;
    }
    String key = Node.keyOf(fullKey);
    wentOn =
        handed.isBarredFor(came, Node.cacheOf(fullKey), key)
            || (isMemorys(handed) && !handed.isSame(memory.getValid(key)));
    return wentOn;
  }

  /**
   * Tells whether it is an answer that memory proved, at a moment before this read came perhaps.
   */
  private static boolean isMemorys(CachedEntry<?> handed) {
    return handed.source() == Source.MEMORY && handed.state() != State.STALE_PARTITIONED;
  }
}
