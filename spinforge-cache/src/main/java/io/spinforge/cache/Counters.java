package io.spinforge.cache;

import io.spinforge.cache.memory.MemoryStore;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** What one cache counts. Thread-safe. */
final class Counters {
  final LongAdder memoryHits = new LongAdder();
  final LongAdder timedMemoryHits = new LongAdder();
  final LongAdder memoryHitNanos = new LongAdder();
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
  final LongAdder refreshes = new LongAdder();
  final LongAdder staleRevalidating = new LongAdder();
  final LongAdder staleOnError = new LongAdder();
  final LongAdder loadTimeouts = new LongAdder();

  /** Counts a read by how it was answered. */
  void answered(Cached<?> cached) {
    boolean stale = false;
    switch (cached.state()) {
      case STALE_REVALIDATING -> {
        staleRevalidating.increment();
        stale = true;
      }
      case STALE_ON_ERROR -> {
        staleOnError.increment();
        stale = true;
      }
      case STALE_PARTITIONED -> stale = true;
      default -> {}
    }
    switch (cached.source()) {
      case MEMORY -> (stale ? staleMemoryHits : memoryHits).increment();
      case REDIS -> redisHits.increment();
      case FRESH -> misses.increment();
    }
  }

  CacheStats snapshot(MemoryStore<?> memory) {
    return new CacheStats(
        memoryHits.sum(),
        timedMemoryHits.sum(),
        Duration.ofNanos(memoryHitNanos.sum()),
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
        refreshes.sum(),
        staleRevalidating.sum(),
        staleOnError.sum(),
        loadTimeouts.sum(),
        memory.entries(),
        memory.bytes());
  }
}
