package io.spinforge.cache;

import java.time.Duration;

/**
 * Counters of one cache since it was built, and its size. Immutable.
 *
 * @param memoryHits reads answered by an entry in memory, those included that the throttle of
 *     {@link CachePolicy#serveStaleOnError} let it answer
 * @param timedMemoryHits memory hits that were timed, one each 100 ms at most
 * @param memoryHitTime their time from asking memory to having the entry, the key function not
 *     included, reading the clock (some 20 ns) included
 * @param staleMemoryHits other reads answered by an entry in memory with a stale {@link State}
 * @param redisHits reads answered by an entry in Redis
 * @param misses reads that found nothing and were answered by the loader
 * @param errors reads that ended in an exception
 * @param coalesced reads that waited for another thread's load of the same key; each of them also
 *     counts under how that load ended
 * @param loads calls of a loader that returned
 * @param loadFailures calls of a loader that threw, or returned null without saying so
 * @param loadTime time spent in loaders, all of them together
 * @param localInvalidations keys invalidated or put by this node
 * @param remoteInvalidations keys that this node dropped because another one changed them
 * @param undecodable entries in Redis that were no readable entry of ours; each was replaced
 * @param codecFailures values that the codec could not write; each was served and not kept
 * @param refusedFills loads whose value Redis did not take, because of an invalidation meanwhile or
 *     because the load took longer than its lease
 * @param refreshes refreshes that began in the background, ahead or of a stale value
 * @param staleRevalidating reads answered with {@link State#STALE_REVALIDATING}, throttle aside
 * @param staleOnError reads answered with {@link State#STALE_ON_ERROR}, throttle aside
 * @param loadTimeouts reads that stopped waiting for a load, whatever they were answered with
 * @param entries entries in memory, about
 * @param bytes their size where memory is bounded by bytes, else 0
 */
public record CacheStats(
    long memoryHits,
    long timedMemoryHits,
    Duration memoryHitTime,
    long staleMemoryHits,
    long redisHits,
    long misses,
    long errors,
    long coalesced,
    long loads,
    long loadFailures,
    Duration loadTime,
    long localInvalidations,
    long remoteInvalidations,
    long undecodable,
    long codecFailures,
    long refusedFills,
    long refreshes,
    long staleRevalidating,
    long staleOnError,
    long loadTimeouts,
    long entries,
    long bytes) {}
