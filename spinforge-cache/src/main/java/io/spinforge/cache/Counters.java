package io.spinforge.cache;

import io.spinforge.cache.memory.MemoryStore;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** What one cache counts. Thread-safe. */
final class Counters {
  final LongAdder memoryHits = new LongAdder();
  final LongAdder staleMemoryHits = new LongAdder();
  final LongAdder redisHits = new LongAdder();
  final LongAdder misses = new LongAdder();
  final LongAdder errors = new LongAdder();
  final LongAdder coalesced = new LongAdder();
  final LongAdder loads = new LongAdder();
  final LongAdder loadFailures = new LongAdder();
  final LongAdder loadNanos = new LongAdder();
  final LongAdder localInvalidations = new LongAdder();
  final LongAdder remoteInvalidations = new LongAdder();
  final LongAdder undecodable = new LongAdder();
  final LongAdder codecFailures = new LongAdder();
  final LongAdder refusedFills = new LongAdder();

  /** Counts a read by how it was answered. */
  void answered(Cached<?> cached) {
    switch (cached.source()) {
      case MEMORY ->
          (cached.state() == State.STALE_PARTITIONED ? staleMemoryHits : memoryHits).increment();
      case REDIS -> redisHits.increment();
      case FRESH -> misses.increment();
    }
  }

  CacheStats snapshot(MemoryStore<?> memory) {
    return new CacheStats(
        memoryHits.sum(),
        staleMemoryHits.sum(),
        redisHits.sum(),
        misses.sum(),
        errors.sum(),
        coalesced.sum(),
        loads.sum(),
        loadFailures.sum(),
        Duration.ofNanos(loadNanos.sum()),
        localInvalidations.sum(),
        remoteInvalidations.sum(),
        undecodable.sum(),
        codecFailures.sum(),
        refusedFills.sum(),
        memory.entries(),
        memory.bytes());
  }
}
