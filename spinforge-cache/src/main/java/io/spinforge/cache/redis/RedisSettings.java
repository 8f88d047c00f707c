package io.spinforge.cache.redis;

import java.time.Duration;

/**
 * What the Redis layer was told.
 *
 * @param namespace what every key begins with, inside the hash tag
 * @param reclaimPerSecond how many keys are looked at in a second, to take out condemned entries; 0
 *     for none
 * @param reclaimRest how long that rests at least
 */
public record RedisSettings(
    String namespace,
    int partitions,
    Duration commandTimeout,
    Duration maxStaleness,
    Duration leaseTimeToLive,
    int maximumQueued,
    int reclaimPerSecond,
    Duration reclaimRest) {}
