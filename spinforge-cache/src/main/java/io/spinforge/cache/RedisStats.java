package io.spinforge.cache;

import java.time.Duration;

/**
 * Counters and gauges of the Redis layer. Immutable.
 *
 * @param up whether requests go to Redis now, that is, whether the breaker is closed
 * @param breaker the circuit breaker's state
 * @param requests commands sent
 * @param failures commands that failed or were not answered in time
 * @param rejected operations that were not sent because the breaker was open
 * @param breakerOpened how often the breaker opened
 * @param queuedInvalidations own invalidations that wait for Redis
 * @param replayedInvalidations own invalidations that reached Redis later
 * @param logRecords records read from the invalidation log
 * @param logResets partitions whose memory entries were dropped because the log had a gap
 * @param lag time from this node's latest invalidation being sent to it coming back in the log
 * @param livePartitions partitions whose log was proven within {@code maxStaleness}
 * @param partitions partitions in all
 */
public record RedisStats(
    boolean up,
    Health.Breaker breaker,
    long requests,
    long failures,
    long rejected,
    long breakerOpened,
    int queuedInvalidations,
    long replayedInvalidations,
    long logRecords,
    long logResets,
    Duration lag,
    int livePartitions,
    int partitions) {}
