package io.spinforge.cache.redis;

import java.time.Duration;

/**
 * What the Redis layer was told.
 *
 * @param namespace what every key begins with, inside the hash tag
 */
public record RedisSettings(
    String namespace,
    int partitions,
    Duration commandTimeout,
    Duration maxStaleness,
    Duration leaseTimeToLive,
    int maximumQueued) {}
